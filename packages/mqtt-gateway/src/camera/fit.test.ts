import type { JpegFrame, Rendition } from '@framehub/frame';
import { FakeHub, picture, play, until } from '@framehub/testing';
import test from 'ava';
import { json, Listener, run } from '../client.fixture.js';
import { hasMosquitto, Mosquitto } from '../mosquitto.fixture.js';
import { FrameFitter } from './fit.js';

/** A picture whose size grows with quality and area, as those of cameras do, roughly. */
const bytesOf = ({ quality = 80, width = 1920 }: Rendition): number => Math.floor((width * width * quality) / 160);

const frameOf = (rendition: Rendition): JpegFrame => ({
  sequence: 1,
  capturedAt: 1,
  width: rendition.width ?? 1920,
  height: 1080,
  data: new Uint8Array(bytesOf(rendition)),
});

function fitterFor(limit: { bytes: number }) {
  const reduced: Rendition[] = [];
  const fitter = new FrameFitter({
    camera: 'garage',
    maxBytes: () => limit.bytes,
    quality: () => 80,
    onReduced: (_, to) => reduced.push(to),
  });
  return { fitter, reduced };
}

test('a picture that fits is left alone', async (t) => {
  const { fitter, reduced } = fitterFor({ bytes: 5_000_000 });
  const frame = await fitter.capture({ rotate: 90 }, async (rendition) => frameOf(rendition));
  t.is(frame.data.length, bytesOf({}));
  t.deepEqual(reduced, []);
});

test('quality goes first, width after it, and what fitted is remembered', async (t) => {
  const limit = { bytes: 1_000_000 };
  const { fitter, reduced } = fitterFor(limit);
  const asked: Rendition[] = [];
  const take = () =>
    fitter.capture({ rotate: 90 }, async (rendition) => {
      asked.push(rendition);
      return frameOf(rendition);
    });
  t.true((await take()).data.length <= limit.bytes);
  t.deepEqual(Object.keys(reduced[0] ?? {}), ['quality']);
  t.true(reduced.every(({ quality = 80 }) => quality >= 30));
  limit.bytes = 100_000;
  const small = await take();
  t.true(small.data.length <= limit.bytes);
  t.true(small.width < 1920);
  t.true(asked.every(({ rotate }) => rotate === 90));
  const tries = asked.length;
  await take();
  t.is(asked.length, tries + 1, 'it knows now');
  limit.bytes = 5_000_000;
  t.is((await take()).data.length, bytesOf({}), 'another server, another chance');
});

test('a server that takes nearly nothing is told of, not tried for ever', async (t) => {
  const { fitter } = fitterFor({ bytes: 10 });
  await t.throwsAsync(
    fitter.capture({}, async (rendition) => frameOf(rendition)),
    { code: 'MQTT_TOO_LARGE' },
  );
});

const sizeTest = hasMosquitto ? test : test.skip;
const MAX_PACKET = ['allow_anonymous true', 'max_packet_size 150000'];

sizeTest('snapshots and frames fitter into what the server says it takes, and that is said once', async (t) => {
  const server = await Mosquitto.start(t, MAX_PACKET);
  const lines: string[] = [];
  const logger = { debug() {}, info: (_: object, text: string) => lines.push(text), warn() {}, error() {} };
  const hub = new FakeHub('garage');
  const garage = hub.camera('garage');
  garage.paint = (rendition) => picture(bytesOf(rendition), rendition.width);
  const camera = { every: 200, frames: { fps: 10 } };
  const { gateway } = await run(t, { url: server.url, camera, logger }, hub);
  play(t, garage, 60);
  const client = await Listener.connect(t, server.url, '#', { protocolVersion: 5 });
  client.client.publish('framehub/garage/frame/request', '');
  const snapshot = await client.hear('framehub/garage/snapshot');
  const frame = await client.hear('framehub/garage/frame');
  t.true(snapshot.payload.length < 150_000 && frame.payload.length < 150_000);
  await client.hear('framehub/garage/attributes', (heard) => json(heard).width < 1920);
  t.is(lines.filter((line) => line.includes('are reduced')).length, 1);
  t.is(gateway.stats().link?.connects, 1);
});

for (const version of ['5', '3.1.1'] as const) {
  sizeTest(
    `MQTT ${version}: a snapshot from before the server came is too large for it, and one that fits is taken`,
    async (t) => {
      const server = await Mosquitto.start(t, MAX_PACKET);
      await server.stop();
      const hub = new FakeHub('garage');
      const garage = hub.camera('garage');
      garage.paint = (rendition) => picture(bytesOf(rendition), rendition.width);
      const { gateway } = await run(t, { url: server.url, camera: { every: 600_000 }, version }, hub);
      play(t, garage, 60);
      await until(() => gateway.stats().cameras[0]?.snapshots === 1);
      await server.start();
      const client = await Listener.connect(t, server.url, 'framehub/garage/#');
      const { payload } = await client.hear('framehub/garage/snapshot');
      t.true(payload.length < 150_000);
      await client.hear('framehub/garage/attributes', (heard) => json(heard).bytes === payload.length);
      const { link, cameras, problems } = gateway.stats();
      t.deepEqual(problems, {});

      // What is taken while it is away is for the same server.
      const connects = link?.connects ?? 0;
      await server.stop();
      await until(() => gateway.stats().link?.connected === false);
      await server.start();
      const late = await Listener.connect(t, server.url, 'framehub/garage/#');
      await late.hear('framehub/garage/snapshot');
      t.is(gateway.stats().link?.connects, connects + 1);
      t.is(gateway.stats().cameras[0]?.snapshots, cameras[0]?.snapshots);
    },
  );
}

sizeTest('with MQTT 3.1.1 it is found out how much the server takes', async (t) => {
  const server = await Mosquitto.start(t, MAX_PACKET);
  const hub = new FakeHub('garage');
  const garage = hub.camera('garage');
  garage.paint = (rendition) => picture(bytesOf(rendition), rendition.width);
  const { gateway } = await run(t, { url: server.url, camera: { every: 200 }, version: '3.1.1' }, hub);
  play(t, garage, 60);
  const client = await Listener.connect(t, server.url, 'framehub/garage/#');
  const snapshot = await client.hear('framehub/garage/snapshot');
  t.true(snapshot.payload.length < 150_000);
  t.true((gateway.stats().link?.connects ?? 0) > 1);
});

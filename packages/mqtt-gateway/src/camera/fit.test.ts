import type { JpegFrame, Rendition } from '@framehub/frame';
import { FakeHub, jpeg, play, until } from '@framehub/testing';
import test from 'ava';
import { json, Listener, run } from '../client.fixture.js';
import { hasMosquitto, Mosquitto } from '../mosquitto.fixture.js';
import { FrameFitter } from './fit.js';

/** Size of a JPEG that grows with quality and area, roughly as those of cameras do. */
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

test('a frame that fits is not reduced', async (t) => {
  const { fitter, reduced } = fitterFor({ bytes: 5_000_000 });
  const frame = await fitter.capture({ rotate: 90 }, async (rendition) => frameOf(rendition));
  t.is(frame.data.length, bytesOf({}));
  t.deepEqual(reduced, []);
});

test('quality is reduced first, width after it, and what fitted is remembered', async (t) => {
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
  t.is(asked.length, tries + 1, 'the reduction is remembered');
  limit.bytes = 5_000_000;
  t.is((await take()).data.length, bytesOf({}), 'with another limit it starts again');
});

test('a limit below every frame is an error', async (t) => {
  const { fitter } = fitterFor({ bytes: 10 });
  await t.throwsAsync(
    fitter.capture({}, async (rendition) => frameOf(rendition)),
    { code: 'MQTT_TOO_LARGE' },
  );
});

const sizeTest = hasMosquitto ? test : test.skip;
const MAX_PACKET = ['allow_anonymous true', 'max_packet_size 150000'];

sizeTest('snapshots and frames fit into the packets that the server takes, and that is logged once', async (t) => {
  const server = await Mosquitto.start(t, MAX_PACKET);
  const lines: string[] = [];
  const logger = { debug() {}, info: (_: object, text: string) => lines.push(text), warn() {}, error() {} };
  const hub = new FakeHub('garage');
  const garage = hub.camera('garage');
  garage.paint = (rendition) => jpeg(bytesOf(rendition), rendition.width);
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
    `MQTT ${version}: a snapshot captured before the server started, and too large for it, is replaced by one that fits`,
    async (t) => {
      const server = await Mosquitto.start(t, MAX_PACKET);
      await server.stop();
      const hub = new FakeHub('garage');
      const garage = hub.camera('garage');
      garage.paint = (rendition) => jpeg(bytesOf(rendition), rendition.width);
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

      // Snapshots captured while it is away fit the same server.
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

sizeTest('with MQTT 3.1.1 the size that the server takes is discovered', async (t) => {
  const server = await Mosquitto.start(t, MAX_PACKET);
  const hub = new FakeHub('garage');
  const garage = hub.camera('garage');
  garage.paint = (rendition) => jpeg(bytesOf(rendition), rendition.width);
  const { gateway } = await run(t, { url: server.url, camera: { every: 200 }, version: '3.1.1' }, hub);
  play(t, garage, 60);
  const client = await Listener.connect(t, server.url, 'framehub/garage/#');
  const snapshot = await client.hear('framehub/garage/snapshot');
  t.true(snapshot.payload.length < 150_000);
  t.true((gateway.stats().link?.connects ?? 0) > 1);
});

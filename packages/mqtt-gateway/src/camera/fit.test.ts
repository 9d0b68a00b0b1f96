import type { JpegFrame, Rendition } from '@framehub/frame';
import { FakeHub, picture, play, until } from '@framehub/testing';
import test from 'ava';
import { json, Listener, run } from '../client.fixture.js';
import { hasMosquitto, Mosquitto } from '../mosquitto.fixture.js';
import { Fit } from './fit.js';

/** A picture whose size grows with quality and area, as those of cameras do, roughly. */
const bytesOf = ({ quality = 80, width = 1920 }: Rendition): number => Math.floor((width * width * quality) / 160);

const frameOf = (rendition: Rendition): JpegFrame => ({
  sequence: 1,
  capturedAt: 1,
  width: rendition.width ?? 1920,
  height: 1080,
  data: new Uint8Array(bytesOf(rendition)),
});

function fitFor(limit: { bytes: number }) {
  const lowered: Rendition[] = [];
  const fit = new Fit({
    camera: 'garage',
    limit: () => limit.bytes,
    quality: () => 80,
    onLowered: (_, to) => lowered.push(to),
  });
  return { fit, lowered };
}

test('a picture that fits is left alone', async (t) => {
  const { fit, lowered } = fitFor({ bytes: 5_000_000 });
  const frame = await fit.take({ rotate: 90 }, async (rendition) => frameOf(rendition));
  t.is(frame.data.length, bytesOf({}));
  t.deepEqual(lowered, []);
});

test('quality goes first, width after it, and what fitted is remembered', async (t) => {
  const limit = { bytes: 1_000_000 };
  const { fit, lowered } = fitFor(limit);
  const asked: Rendition[] = [];
  const take = () =>
    fit.take({ rotate: 90 }, async (rendition) => {
      asked.push(rendition);
      return frameOf(rendition);
    });
  t.true((await take()).data.length <= limit.bytes);
  t.deepEqual(Object.keys(lowered[0] ?? {}), ['quality']);
  t.true(lowered.every(({ quality = 80 }) => quality >= 30));
  limit.bytes = 100_000;
  const small = await take();
  t.true(small.data.length <= limit.bytes);
  t.true(small.width < 1920);
  t.true(asked.every(({ rotate }) => rotate === 90));
  const tries = asked.length;
  await take();
  t.is(asked.length, tries + 1, 'it knows now');
  limit.bytes = 5_000_000;
  t.is((await take()).data.length, bytesOf({}), 'another broker, another chance');
});

test('a broker that takes nearly nothing is told of, not tried for ever', async (t) => {
  const { fit } = fitFor({ bytes: 10 });
  await t.throwsAsync(
    fit.take({}, async (rendition) => frameOf(rendition)),
    { code: 'MQTT_TOO_LARGE' },
  );
});

const sizeTest = hasMosquitto ? test : test.skip;
const MAX_PACKET = ['allow_anonymous true', 'max_packet_size 150000'];

sizeTest('snapshots and frames fit into what the broker says it takes, and that is said once', async (t) => {
  const broker = await Mosquitto.start(t, MAX_PACKET);
  const lines: string[] = [];
  const logger = { debug() {}, info: (_: object, text: string) => lines.push(text), warn() {}, error() {} };
  const house = new FakeHub('garage');
  const garage = house.camera('garage');
  garage.paint = (rendition) => picture(bytesOf(rendition), rendition.width);
  const camera = { every: 200, frames: { fps: 10 } };
  const { gateway } = await run(t, { url: broker.url, camera, logger }, house);
  play(t, garage, 60);
  const client = await Listener.connect(t, broker.url, '#', { protocolVersion: 5 });
  client.client.publish('framehub/garage/frame/want', '');
  const snapshot = await client.hear('framehub/garage/snapshot');
  const frame = await client.hear('framehub/garage/frame');
  t.true(snapshot.payload.length < 150_000 && frame.payload.length < 150_000);
  await client.hear('framehub/garage/attributes', (heard) => json(heard).width < 1920);
  t.is(lines.filter((line) => line.includes('made smaller')).length, 1);
  t.is(gateway.stats().link?.connects, 1);
});

for (const version of ['5', '3.1.1'] as const) {
  sizeTest(
    `MQTT ${version}: a snapshot from before the broker came is too large for it, and one that fits is taken`,
    async (t) => {
      const broker = await Mosquitto.start(t, MAX_PACKET);
      await broker.stop();
      const house = new FakeHub('garage');
      const garage = house.camera('garage');
      garage.paint = (rendition) => picture(bytesOf(rendition), rendition.width);
      const { gateway } = await run(t, { url: broker.url, camera: { every: 600_000 }, version }, house);
      play(t, garage, 60);
      await until(() => gateway.stats().cameras[0]?.snapshots === 1);
      await broker.start();
      const client = await Listener.connect(t, broker.url, 'framehub/garage/#');
      const { payload } = await client.hear('framehub/garage/snapshot');
      t.true(payload.length < 150_000);
      await client.hear('framehub/garage/attributes', (heard) => json(heard).bytes === payload.length);
      const { link, cameras, complaints } = gateway.stats();
      t.deepEqual(complaints, {});

      // What is taken while it is away is for the same broker.
      const connects = link?.connects ?? 0;
      await broker.stop();
      await until(() => gateway.stats().link?.connected === false);
      await broker.start();
      const late = await Listener.connect(t, broker.url, 'framehub/garage/#');
      await late.hear('framehub/garage/snapshot');
      t.is(gateway.stats().link?.connects, connects + 1);
      t.is(gateway.stats().cameras[0]?.snapshots, cameras[0]?.snapshots);
    },
  );
}

sizeTest('with MQTT 3.1.1 it is found out how much the broker takes', async (t) => {
  const broker = await Mosquitto.start(t, MAX_PACKET);
  const house = new FakeHub('garage');
  const garage = house.camera('garage');
  garage.paint = (rendition) => picture(bytesOf(rendition), rendition.width);
  const { gateway } = await run(t, { url: broker.url, camera: { every: 200 }, version: '3.1.1' }, house);
  play(t, garage, 60);
  const client = await Listener.connect(t, broker.url, 'framehub/garage/#');
  const snapshot = await client.hear('framehub/garage/snapshot');
  t.true(snapshot.payload.length < 150_000);
  t.true((gateway.stats().link?.connects ?? 0) > 1);
});

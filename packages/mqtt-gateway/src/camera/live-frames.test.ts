import { inspectJpeg } from '@framehub/frame';
import { FakeHub, until } from '@framehub/testing';
import test from 'ava';
import { json, Listener, retainedTopics, run } from '../client.fixture.js';
import { hasMosquitto, Mosquitto } from '../mosquitto.fixture.js';
import { SERVERS } from '../servers.fixture.js';

for (const { name, test: serverTest, start } of SERVERS) {
  serverTest(
    `${name}: frames are published while they are requested, in the largest size requested, and not retained`,
    async (t) => {
      const server = await start(t);
      const { hub } = await run(t, { url: server.url, camera: { frames: { fps: 10 } } }, new FakeHub('garage'));
      const garage = hub.camera('garage');
      const client = await Listener.connect(t, server.url, ['framehub/available', 'framehub/garage/frame']);
      await client.hear('framehub/available');
      t.is(garage.sinks.size, 0, 'no request yet');
      client.client.publish('framehub/garage/frame/request', '{"width": 32}');
      await until(() => garage.sinks.size > 0);
      t.deepEqual([...garage.sinks.keys()], ['garage/jpeg?width=32']);
      client.client.publish('framehub/garage/frame/request', '');
      await until(() => garage.sinks.has('garage/jpeg'));
      t.deepEqual([...garage.sinks.keys()], ['garage/jpeg'], 'the largest size requested');
      garage.publish();
      const frame = await client.hear('framehub/garage/frame');
      t.like(inspectJpeg(frame.payload), { width: 64 });
      t.is(frame.packet.qos, 0);
      t.false((await retainedTopics(t, server.url)).includes('framehub/garage/frame'));
    },
  );
}

test('frames end when no request has come for a while', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const camera = { frames: { fps: 10, requestLifetime: 1000 } };
  const { hub } = await run(t, { url: server?.url, camera }, new FakeHub('garage'));
  const garage = hub.camera('garage');
  const wanted = new Promise<void>((resolve) => {
    garage.onDemand = () => resolve();
  });
  const client = await Listener.connect(t, server?.url ?? '', 'framehub/available');
  await client.hear('framehub/available');
  client.client.publish('framehub/garage/frame/request', '');
  await wanted;
  await until(() => garage.sinks.size === 0);
  t.pass();
});

test('frames are published at most at the configured rate, by the time of the camera', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const camera = { frames: { fps: 4 } };
  const { hub, gateway } = await run(t, { url: server?.url, camera }, new FakeHub('garage'));
  const garage = hub.camera('garage');
  const client = await Listener.connect(t, server?.url ?? '');
  await client.hear('framehub/available');
  client.client.publish('framehub/garage/frame/request', '{"fps": 50}');
  await until(() => garage.sinks.size > 0);
  for (let at = 0; at < 60; at++) garage.publish({ capturedAt: 1e6 + (at * 1000) / 30 });
  t.is(gateway.stats().cameras[0]?.frames, 8, 'of two seconds');
  await client.hear('framehub/garage/frame');
  // They arrived faster than they could be sent: the newest replaced the others.
  t.true((gateway.stats().messages.dropped.replaced ?? 0) > 0);
});

test('a camera without frames in its configuration rejects requests for them', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const { hub } = await run(t, { url: server?.url });
  const client = await Listener.connect(t, server?.url ?? '');
  await client.hear('framehub/available');
  client.client.publish('framehub/garage/frame/request', '');
  t.is(json(await client.hear('framehub/garage/frame/error')).error.code, 'MQTT_NO_FRAMES');
  t.is(hub.camera('garage').sinks.size, 0);
});

test('a request that cannot be met is rejected, and the next one succeeds', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const camera = { frames: { fps: 10 } };
  const { hub } = await run(t, { url: server?.url, camera }, new FakeHub('garage'));
  const garage = hub.camera('garage');
  const client = await Listener.connect(t, server?.url ?? '');
  await client.hear('framehub/available');
  // Other viewers have as many renditions as a camera may have.
  for (let width = 100; width < 116; width++) {
    const viewer = { client: `viewer ${width % 4}` };
    const { close } = hub.broker.subscribe(`garage/jpeg?width=${width}`, () => {}, viewer);
    t.teardown(close);
  }
  client.client.publish('framehub/garage/frame/request', '{"width": 99}');
  t.is(json(await client.hear('framehub/garage/frame/error')).error.code, 'BROKER_TOO_MANY_TOPICS');
  client.client.publish('framehub/garage/frame/request', '{"width": 100}');
  await until(() => hub.broker.topics().some(({ subscribers }) => subscribers === 2));
  garage.publish();
  await client.hear('framehub/garage/frame');
});

(hasMosquitto ? test : test.skip)('placeholders are published live, with a property that describes them', async (t) => {
  const server = await Mosquitto.start(t);
  const { hub } = await run(t, { url: server.url, camera: { frames: { fps: 10 } } });
  const garage = hub.camera('garage');
  const client = await Listener.connect(t, server.url, '#', { protocolVersion: 5 });
  await client.hear('framehub/available');
  client.client.publish('framehub/garage/frame/request', '');
  await until(() => garage.sinks.size > 0);
  garage.publish({ placeholder: 'CAMERA UNPLUGGED' });
  const { packet } = await client.hear('framehub/garage/frame');
  t.is(packet.properties?.userProperties?.placeholder, 'CAMERA UNPLUGGED');
});

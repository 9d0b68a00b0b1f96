import { FakeHub, play, until } from '@framehub/testing';
import test from 'ava';
import { json, Listener, run } from '../client.fixture.js';
import { SERVERS } from '../servers.fixture.js';

test('a placeholder is never published as a snapshot, and a frame never twice', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const { hub, gateway } = await run(t, { url: server?.url, camera: { every: 100 } }, new FakeHub('garage'));
  const garage = hub.camera('garage');
  const client = await Listener.connect(t, server?.url ?? '', 'framehub/garage/attributes');
  await until(() => garage.sinks.size > 0);
  garage.publish({ placeholder: 'CAMERA UNPLUGGED' });
  garage.publish();
  await client.hear('framehub/garage/attributes', (heard) => json(heard).seq === 2);
  // The next tick waits for another frame, and those after it are skipped.
  await until(() => (gateway.stats().cameras[0]?.skipped.busy ?? 0) >= 2);
  // Another viewer keeps the frame on the bus.
  const viewer = hub.broker.subscribe('garage/jpeg', () => {});
  await until(() => (gateway.stats().cameras[0]?.skipped.busy ?? 0) >= 4);
  viewer.close();
  garage.publish();
  await client.hear('framehub/garage/attributes', (heard) => json(heard).seq === 3);
  t.deepEqual(
    client.heard.map((heard) => json(heard).seq),
    [2, 3],
  );
});

test('a snapshot is newer than the last one, whatever its rendition, and is captured again if it is not', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const { hub, gateway } = await run(t, { url: server?.url }, new FakeHub('garage'));
  const garage = hub.camera('garage');
  const client = await Listener.connect(t, server?.url ?? '', ['framehub/available', 'framehub/garage/attributes']);
  await client.hear('framehub/available');
  // Another viewer keeps the newest rotated frame on the bus.
  const rotated = 'garage/jpeg?rotate=90';
  t.teardown(hub.broker.subscribe(rotated, () => {}).close);
  const get = (command: string) => client.client.publish('framehub/garage/snapshot/get', command);
  const seqs = () => client.texts('framehub/garage/attributes').map((text) => JSON.parse(text).seq);

  garage.publish({ topic: rotated });
  get('{"rotate": 90}');
  await until(() => seqs().length === 1);
  get('');
  await until(() => garage.sinks.has('garage/jpeg'));
  garage.publish({ topic: 'garage/jpeg' });
  await until(() => seqs().length === 2);
  get('{"rotate": 90}');
  await until(() => hub.broker.topics().some(({ name, subscribers }) => name === rotated && subscribers === 2));
  garage.publish({ topic: rotated });
  await until(() => seqs().length === 3);
  t.deepEqual(seqs(), [1, 2, 3]);

  // A still is encoded while the stream goes on.
  get('{"size": "max"}');
  await until(() => garage.stills.length === 1);
  get('');
  await until(() => garage.sinks.has('garage/jpeg'));
  garage.publish({ topic: 'garage/jpeg' });
  await until(() => seqs().length === 4);
  garage.sequence = 2;
  garage.stills[0]?.give();
  await until(() => garage.stills.length === 2);
  garage.sequence = 4;
  garage.stills[1]?.give();
  await until(() => seqs().length === 5);
  t.deepEqual(seqs(), [1, 2, 3, 4, 5]);
  t.is(gateway.stats().cameras[0]?.snapshots, 5);
});

test('a schedule does not overtake a still without end', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const { hub, gateway } = await run(t, { url: server?.url, camera: { every: 100 } }, new FakeHub('garage'));
  const garage = hub.camera('garage');
  play(t, garage, 60);
  const client = await Listener.connect(t, server?.url ?? '', 'framehub/#');
  await client.hear('framehub/garage/attributes');
  client.client.publish('framehub/garage/snapshot/get', '{"size": "max", "id": "still"}');
  await until(() => garage.stills.length === 1);
  const busy = () => gateway.stats().cameras[0]?.skipped.busy ?? 0;
  const before = busy();
  await until(() => busy() > before + 2);
  const { snapshots = 0 } = gateway.stats().cameras[0] ?? {};
  garage.stills[0]?.give();
  await client.hear('framehub/garage/attributes', (heard) => json(heard).id === 'still');
  await until(() => (gateway.stats().cameras[0]?.snapshots ?? 0) > snapshots + 2);
  t.is(garage.stills.length, 1);
});

test('a gateway subscribes to a camera only while it waits for a frame', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const camera = { every: 600_000, rendition: { width: 32 } };
  const { hub } = await run(t, { url: server?.url, camera }, new FakeHub('garage'));
  const garage = hub.camera('garage');
  await until(() => garage.sinks.size > 0);
  t.deepEqual([...garage.sinks.keys()], ['garage/jpeg?width=32']);
  garage.publish();
  t.is(garage.sinks.size, 0);
});

test('all commands share the renditions of one client, and the schedule has its own', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const camera = { every: 100, rendition: { width: 32 }, frames: { fps: 10 } };
  const { hub } = await run(t, { url: server?.url, camera }, new FakeHub('garage'));
  const garage = hub.camera('garage');
  const client = await Listener.connect(t, server?.url ?? '');
  await client.hear('framehub/available');
  client.client.publish('framehub/garage/frame/request', '{"width": 16}');
  for (const width of [17, 18, 19, 20])
    client.client.publish('framehub/garage/snapshot/get', JSON.stringify({ width, id: width }));
  const refusal = await client.hear('framehub/garage/snapshot/error');
  t.like(json(refusal), { id: 20, error: { code: 'BROKER_TOO_MANY_TOPICS' } });
  await until(() => garage.sinks.size === 5);
  t.deepEqual(
    [...garage.sinks.keys()].sort(),
    [16, 17, 18, 19, 32].map((width) => `garage/jpeg?width=${width}`),
  );
});

test('a schedule does not wait for a camera that is off', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const hub = new FakeHub('garage');
  await hub.camera('garage').change({ enabled: false });
  const { gateway } = await run(t, { url: server?.url, camera: { every: 100 } }, hub);
  await until(() => (gateway.stats().cameras[0]?.skipped['no-frame'] ?? 0) >= 2);
  t.is(hub.camera('garage').sinks.size, 0);
});

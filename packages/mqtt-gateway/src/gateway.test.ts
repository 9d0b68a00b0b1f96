import { inspectJpeg } from '@framehub/frame';
import { FakeHub, jpeg, play, until } from '@framehub/testing';
import type { ExecutionContext } from 'ava';
import { json, Listener, retainedTopics, run, says } from './client.fixture.js';
import { SERVERS } from './servers.fixture.js';

for (const { name, test, version, start } of SERVERS) {
  test(`${name}: a late subscriber receives the newest snapshot and its attributes`, async (t) => {
    const server = await start(t);
    const { hub, gateway } = await run(t, {
      url: server.url,
      camera: { every: 60_000 },
      httpUrl: (camera) => `http://pi4:8090/?camera=${camera}`,
    });
    const garage = hub.camera('garage');
    const early = await Listener.connect(t, server.url, 'framehub/garage/+');
    await until(() => garage.sinks.size > 0);
    garage.publish();
    await early.hear('framehub/garage/attributes');
    const late = await Listener.connect(t, server.url, 'framehub/garage/+', {
      protocolVersion: version === '5' ? 5 : 4,
    });
    const snapshot = await late.hear('framehub/garage/snapshot');
    const attributes = await late.hear('framehub/garage/attributes');
    t.true(snapshot.packet.retain);
    t.deepEqual(new Uint8Array(snapshot.payload), jpeg());
    t.like(inspectJpeg(snapshot.payload), { width: 64, height: 48 });
    const { ts, unix_ms, seq, ...rest } = json(attributes);
    t.deepEqual(rest, {
      camera: 'garage',
      width: 64,
      height: 48,
      bytes: jpeg().length,
      url: 'http://pi4:8090/?camera=garage',
    });
    t.is(Date.parse(ts), unix_ms);
    t.is(seq, 1);
    t.is(gateway.stats().link?.version, version);
    if (version === '5') {
      const { contentType, messageExpiryInterval, userProperties } = snapshot.packet.properties ?? {};
      t.is(contentType, 'image/jpeg');
      for (const expiry of [messageExpiryInterval, attributes.packet.properties?.messageExpiryInterval]) {
        t.true(expiry !== undefined && expiry > 90 && expiry <= 180, 'no longer than the snapshot');
      }
      t.deepEqual({ ...userProperties }, { camera: 'garage', seq: '1', ts, w: '64', h: '48' });
    }
  });

  test(`${name}: a camera's state, settings and controls are published, and follow its changes`, async (t) => {
    const server = await start(t);
    const { hub } = await run(t, { url: server.url });
    const client = await Listener.connect(t, server.url, 'framehub/#');
    await client.hear('framehub/available', says('online'));
    await client.hear('framehub/garage/available', says('online'));
    await client.hear('framehub/garage/enabled/state', says('ON'));
    await client.hear('framehub/garage/profile/state', says('day'));
    await client.hear('framehub/garage/control/brightness/state', says('128'));
    const stats = await client.hear('framehub/garage/stats');
    t.like(json(stats), {
      state: 'live',
      fps: 30,
      fps_measured: 30,
      dropped: 3,
      restarts: 1,
      problem: false,
      error: null,
    });

    const garage = hub.camera('garage');
    garage.become({ state: 'retrying', error: { code: 'CAPTURE_DEVICE_GONE', message: 'no device', details: {} } });
    await client.hear('framehub/garage/available', says('offline'));
    const trouble = await client.hear('framehub/garage/stats', (heard) => json(heard).problem);
    t.like(json(trouble), { state: 'retrying', error: { code: 'CAPTURE_DEVICE_GONE', message: 'no device' } });
    client.forget();
    garage.become({ state: 'starting', error: undefined });
    garage.become({ state: 'live' });
    await client.hear('framehub/garage/available', says('online'));
    t.deepEqual(
      client.texts('framehub/garage/available'),
      ['online'],
      'a camera that is starting keeps its availability',
    );
    await garage.setControls({ brightness: 90 });
    await client.hear('framehub/garage/control/brightness/state', says('90'));
    await garage.change({ profile: null });
    await client.hear('framehub/garage/profile/state', says('None'));
  });

  test(`${name}: what is retained of a camera that leaves the configuration is deleted`, async (t) => {
    const server = await start(t);
    const { hub } = await run(t, { url: server.url, camera: { every: 100 } });
    play(t, hub.camera('garage'));
    const client = await Listener.connect(t, server.url);
    await client.hear('framehub/garage/attributes');
    await client.hear('framehub/garage/control/brightness/state');
    client.forget();
    hub.set('printer');
    await client.hear('homeassistant/device/framehub_pi4_garage/config', says(''));
    await client.hear('framehub/garage/snapshot', says(''));
    await client.hear('framehub/garage/control/brightness/state', says(''));
    await client.hear('framehub/garage/control/white_balance_automatic/state', says(''));
    const kept = await retainedWithout(t, server.url, 'garage');
    t.true(kept.includes('homeassistant/device/framehub_pi4_printer/config'));
    t.true(kept.includes('framehub/printer/stats'));
  });

  test(`${name}: what is retained of a camera that left while framehub was away is deleted, and nothing of other framehubs`, async (t) => {
    const server = await start(t);
    const before = await run(t, { url: server.url }, new FakeHub('garage', 'cellar'));
    const other = { url: server.url, prefix: 'other', homeassistant: { nodeId: 'pi4_garage' } };
    await run(t, other, new FakeHub('roof'));
    const client = await Listener.connect(t, server.url);
    await client.hear('homeassistant/device/framehub_pi4_cellar/config');
    await client.hear('homeassistant/device/framehub_pi4_garage_roof/config');
    await before.gateway.close();
    client.forget();
    await run(t, { url: server.url }, new FakeHub('garage'));
    await client.hear('homeassistant/device/framehub_pi4_cellar/config', says(''));
    await client.hear('framehub/cellar/available', says(''));
    await client.hear('framehub/cellar/control/white_balance_automatic/state', says(''));
    await client.hear('framehub/garage/available', says('online'));
    const kept = await retainedWithout(t, server.url, 'cellar');
    t.true(kept.includes('homeassistant/device/framehub_pi4_garage_roof/config'));
    t.true(kept.includes('homeassistant/device/framehub_pi4_garage/config'));
  });

  test(`${name}: a gateway that closes publishes offline, for itself and for its cameras`, async (t) => {
    const server = await start(t);
    const { gateway } = await run(t, { url: server.url });
    const client = await Listener.connect(t, server.url);
    await client.hear('framehub/garage/available', says('online'));
    await gateway.close({ timeoutMs: 60_000 });
    await client.hear('framehub/garage/available', says('offline'));
    await client.hear('framehub/available', says('offline'));
    const late = await Listener.connect(t, server.url);
    t.is((await late.hear('framehub/available')).payload.toString(), 'offline');
  });
}

/** Topics with a retained message, as soon as that camera has no more of them. */
async function retainedWithout(t: ExecutionContext, url: string, camera: string): Promise<string[]> {
  for (;;) {
    const topics = await retainedTopics(t, url);
    if (!topics.some((topic) => topic.includes(camera))) return topics;
  }
}

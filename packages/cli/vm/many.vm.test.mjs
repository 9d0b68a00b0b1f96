import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { plugCamera } from '../../../tools/v4l2-vm/rig.mjs';
import { readCard } from './card.mjs';
import {
  assertInOrder,
  configFile,
  decode,
  framehub,
  isCard,
  isLive,
  nextCalled,
  nextOfEach,
  serve,
  stopAll,
  until,
  watch,
} from './hub.mjs';

afterEach(stopAll);

/** A camera until the end of the test, however that ends. */
async function plug(t, options) {
  const camera = await plugCamera(options);
  t.after(() => camera.stop());
  return camera;
}

test('two cameras: one that is pulled out costs the other nothing', async (t) => {
  const first = await plug(t);
  await plug(t, { serial: 'B2', product: 'Other Cam' });
  const hub = await serve(
    '--config',
    configFile(`cameras:
  bed: { source: ${first.path}, format: YUYV, size: 320x240, fps: 5 }
  door: { source: 'serial:B2', format: YUYV, size: 320x240, fps: 5 }`).path,
  );
  const viewers = [await watch(hub.url('/stream/bed')), await watch(hub.url('/stream/door'))];
  await nextOfEach(viewers);
  const door = () => hub.json('/api/cameras/door');
  const before = await door();
  await first.unplug();
  await until(() => hub.json('/api/cameras/bed'), isCard);
  const [card, picture] = await nextOfEach(viewers);
  assert.equal(readCard(decode([card])[0]), 'CAMERA UNPLUGGED');
  assert.equal(readCard(decode([picture])[0]), undefined);
  await first.plug();
  await until(() => hub.json('/api/cameras/bed'), isLive);
  assertInOrder(decode(await viewers[1].take(10)));
  const after = await door();
  assert.equal(after.restarts, before.restarts);
  assert.deepEqual(after.failures, {});
  for (const viewer of viewers) viewer.close();
  assert.equal(await hub.stop(), 0);
});

test('a camera that comes back under another number is found again', async (t) => {
  const camera = await plug(t);
  const node = realpathSync(camera.path);
  const hub = await serve(
    '--config',
    configFile(`cameras: { bed: { source: ${node}, format: YUYV, size: 320x240, fps: 5 } }`).path,
  );
  const viewer = await watch(hub.url('/stream?extra_headers=1'));
  await nextOfEach([viewer]);
  // Another program that does not let go of the old node takes its number away.
  const holder = await hold(node);
  t.after(() => holder.kill());
  await camera.unplug();
  await until(() => hub.json('/api/cameras/bed'), isCard);
  await camera.plug();
  assert.notEqual(realpathSync(camera.path), node);
  await until(() => hub.json('/api/cameras/bed'), isLive);
  // Cards may be under way to it still.
  const [frame] = await nextCalled('picture', [viewer]);
  assert.equal(readCard(decode([frame])[0]), undefined);
  viewer.close();
  assert.equal(await hub.stop(), 0);
});

async function hold(node) {
  const { spawn } = await import('node:child_process');
  const { once } = await import('node:events');
  const code = `require('node:fs').openSync(${JSON.stringify(node)}, 'r+'); console.log('held'); setInterval(() => {}, 1e6)`;
  const holder = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return holder;
}

test('two equal cameras without serials are told apart by their ports, whichever comes first', async (t) => {
  const [first, second] = [await plug(t, { serial: '' }), await plug(t, { serial: '' })];
  const listed = JSON.parse((await framehub(['devices', '--json'])).stdout);
  assert.deepEqual(listed.map(({ source }) => source).sort(), [`port:${first.port()}`, `port:${second.port()}`].sort());
  const hub = await serve(
    '--config',
    configFile(`cameras:
  bed: { source: 'port:${first.port()}', format: YUYV, size: 320x240, fps: 5 }
  door: { source: 'port:${second.port()}', format: YUYV, size: 320x240, fps: 5 }`).path,
  );
  const nodeOf = async (name) => /\/dev\/video\d+/.exec((await hub.json(`/api/cameras/${name}`)).source)?.[0];
  for (const name of ['bed', 'door']) await until(() => hub.json(`/api/cameras/${name}`), isLive);
  assert.deepEqual([await nodeOf('bed'), await nodeOf('door')], [first.node(), second.node()]);
  await first.unplug();
  await second.unplug();
  for (const name of ['bed', 'door']) await until(() => hub.json(`/api/cameras/${name}`), isCard);
  await second.plug();
  await first.plug();
  for (const name of ['bed', 'door']) await until(() => hub.json(`/api/cameras/${name}`), isLive);
  assert.deepEqual([await nodeOf('bed'), await nodeOf('door')], [first.node(), second.node()]);
  assert.equal(await hub.stop(), 0);
});

test('a name that means two cameras is refused with the names to choose from, on the card and in the log', async (t) => {
  const [first, second] = [await plug(t, { serial: '' }), await plug(t, { serial: '' })];
  const hub = await serve(
    '--config',
    configFile(`cameras: { bed: { source: 'usb:1209:0001', size: 320x240, fps: 5 } }`).path,
  );
  const { error } = await until(() => hub.json('/api/cameras/bed'), isCard);
  for (const camera of [first, second]) assert.ok(error.message.includes(`port:${camera.port()}`), error.message);
  assert.equal(await hub.stop(), 0);
});

test('without any configuration the first camera that is plugged in replaces the test pattern', async (t) => {
  const hub = await serve();
  assert.match((await hub.json('/api/cameras/0')).source, /pattern/);
  const viewer = await watch(hub.url('/stream?width=320'));
  await viewer.next();
  await plug(t);
  await until(
    () => hub.json('/api/cameras/0'),
    ({ source, ...status }) => isLive(status) && source.includes('video'),
  );
  assert.ok(viewer.connected);
  viewer.close();
  assert.equal(await hub.stop(), 0);
});

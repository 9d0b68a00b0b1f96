// What viewers see when a camera does not do as it should: each card is read from the pictures.
import assert from 'node:assert/strict';
import { chmodSync, realpathSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { loadVivid, plugCamera, setModuleParameter, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { readCard } from './card.mjs';
import {
  assertInOrder,
  configFile,
  decode,
  isCard,
  isLive,
  nextCalled,
  nextOfEach,
  serve,
  serveWith,
  stopAll,
  until,
  watch,
} from './hub.mjs';

afterEach(stopAll);

const NOBODY = { uid: 65534, gid: 65534 };
const configOf = (camera, more = '') =>
  configFile(`cameras: { bed: { source: ${camera.path}, size: 640x480, format: YUYV, fps: 10${more} } }`).path;

/** What the viewer's next frame says; undefined when it is a picture. */
async function readNext(viewer) {
  const [frame] = await nextOfEach([viewer]);
  return readCard(decode([frame])[0]);
}

describe('a camera in trouble', () => {
  let camera;
  before(async () => {
    camera = await plugCamera();
  });
  after(() => camera.stop());

  test('stalled: viewers read so, and see the picture again when it comes', async () => {
    const hub = await serve('--config', configOf(camera));
    const viewer = await watch(hub.url('/stream'));
    assert.equal(await readNext(viewer), undefined);
    camera.send('stall');
    await until(() => hub.json('/api/cameras/bed'), isCard);
    assert.equal(await readNext(viewer), 'NO SIGNAL');
    camera.send('normal');
    await until(() => hub.json('/api/cameras/bed'), isLive);
    assert.equal(await readNext(viewer), undefined);
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });

  test('JPEGs that are all cut: viewers read that there is no signal, the log says why, and the picture comes with the first whole one', async () => {
    const hub = await serve('--config', configFile(`cameras: { bed: { source: ${camera.path}, size: 640x480 } }`).path);
    const viewer = await watch(hub.url('/stream?extra_headers=1'));
    await nextCalled('picture', [viewer]);
    camera.send('truncate 1000000');
    const { error } = await until(() => hub.json('/api/cameras/bed'), isCard);
    assert.match(error.message, /\d+ truncated/);
    // The first that has to be encoded: that takes a while in an emulated machine.
    const [card] = await nextCalled('card', [viewer]);
    assert.equal(readCard(decode([card])[0]), 'NO SIGNAL');
    camera.send('normal');
    await until(() => hub.json('/api/cameras/bed'), isLive);
    const [picture] = await nextCalled('picture', [viewer]);
    assert.equal(readCard(decode([picture])[0]), undefined);
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });

  for (const nodrop of [0, 1]) {
    test(`cut, empty and marked frames are nobody's (uvcvideo.nodrop=${nodrop})`, async () => {
      setModuleParameter('uvcvideo', 'nodrop', nodrop);
      await camera.unplug();
      await camera.plug();
      const hub = await serve('--config', configOf(camera));
      const viewer = await watch(hub.url('/stream'));
      await viewer.next();
      const faults = async () => {
        const { frames } = await hub.json('/api/cameras/bed');
        return Object.entries(frames.dropped).reduce(
          (sum, [reason, count]) => sum + (/busy|late/.test(reason) ? 0 : count),
          0,
        );
      };
      viewer.skip();
      // Empty ones do not even reach the driver's queue.
      camera.send('empty 3');
      for (const fault of ['truncate 3', 'error 3']) {
        const faultsBefore = await faults();
        camera.send(fault);
        await until(faults, (count) => count > faultsBefore);
      }
      assertInOrder(decode(await viewer.take(10)));
      viewer.close();
      assert.equal(await hub.stop(), 0);
      setModuleParameter('uvcvideo', 'nodrop', 0);
    });
  }

  test('busy: viewers read so, the log names the program, and the picture comes when that lets go', async () => {
    const other = await serve('--camera', camera.path, '--format', 'YUYV', '--size', '320x240');
    const hub = await serve('--config', configOf(camera));
    const viewer = await watch(hub.url('/stream'));
    await until(() => hub.json('/api/cameras/bed'), isCard);
    assert.equal(await readNext(viewer), 'BUSY');
    assert.match(hub.log(), new RegExp(`in use by node \\(process ${other.pid}\\)`));
    assert.equal(await other.stop(), 0);
    await until(() => hub.json('/api/cameras/bed'), isLive);
    assert.equal(await readNext(viewer), undefined);
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });

  test('forbidden: viewers read so, the log says what to do, and the picture comes with the permission', async () => {
    const node = realpathSync(camera.path);
    chmodSync(node, 0o600);
    const file = configOf(camera);
    chmodSync(new URL('.', `file://${file}`), 0o755);
    const hub = await serveWith(NOBODY, '--config', file);
    const viewer = await watch(hub.url('/stream'));
    await until(() => hub.json('/api/cameras/bed'), isCard);
    assert.equal(await readNext(viewer), 'NO PERMISSION');
    assert.match(hub.log(), /usermod -aG video/);
    chmodSync(node, 0o666);
    await until(() => hub.json('/api/cameras/bed'), isLive);
    assert.equal(await readNext(viewer), undefined);
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });
});

// It may be opened again once nobody has it open any more.
test('vivid disconnected under way: viewers read so, and see it again by itself', async () => {
  const vivid = await loadVivid();
  const hub = await serve(
    '--config',
    configFile(`cameras: { bed: { source: ${vivid.path}, format: YUYV, size: 320x180 } }`).path,
  );
  const viewer = await watch(hub.url('/stream?extra_headers=1'));
  const [picture] = await nextCalled('picture', [viewer]);
  v4l2ctl(vivid.path, '-c', 'disconnect=1');
  const [card] = await nextCalled('card', [viewer]);
  const [again] = await nextCalled('picture', [viewer]);
  assert.deepEqual(decode([picture, card, again]).map(readCard), [undefined, 'CAMERA UNPLUGGED', undefined]);
  assert.ok(viewer.connected);
  viewer.close();
  assert.equal(await hub.stop(), 0);
  await vivid.unload();
});

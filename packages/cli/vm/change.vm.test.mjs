// Settings change while viewers watch: nobody is disconnected.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { inspectJpeg } from '@framehub/frame';
import { freeUsbBus, fullUsbBus, plugCamera } from '../../../tools/v4l2-vm/rig.mjs';
import { readCard } from './card.mjs';
import { configFile, decode, isCard, isLive, nextOfEach, serve, serveWith, stopAll, until, watch } from './hub.mjs';

afterEach(stopAll);

const bed = '/api/cameras/bed';
const sizeOf = (frame) => {
  const { width, height } = inspectJpeg(frame);
  return `${width}x${height}`;
};
/** The sum of the first quantisation table: the higher, the coarser, whatever the picture shows. */
function coarseness(frame) {
  const begin = frame.indexOf(Buffer.from([0xff, 0xdb])) + 5;
  return frame.subarray(begin, begin + 64).reduce((sum, step) => sum + step, 0);
}
/** Waits for a frame of this size. */
async function sizeSeen(viewer, size) {
  let frame;
  do frame = await viewer.next();
  while (sizeOf(frame) !== size);
  return frame;
}

describe('while viewers watch', () => {
  let camera;
  before(async () => {
    camera = await plugCamera();
  });
  after(() => camera.stop());
  const start = async (settings) => {
    const file = configFile(`cameras: { bed: { source: ${camera.path}, ${settings} } }`);
    const hub = await serve('--config', file.path);
    const viewer = await watch(hub.url('/stream'));
    await viewer.next();
    return { file, hub, viewer };
  };
  const end = async ({ hub, viewer }) => {
    assert.ok(viewer.connected);
    viewer.close();
    assert.equal(await hub.stop(), 0);
  };

  test('size, format, rate, rotation and quality are changed by the API', async () => {
    const running = await start('size: 640x480');
    const { hub, viewer } = running;
    const change = async (settings) => {
      const response = await hub.patch(bed, settings);
      assert.equal(response.status, 200, await response.clone().text());
      return response.json();
    };
    await change({ size: '1280x720' });
    decode([await sizeSeen(viewer, '1280x720')]);
    await change({ rotate: 90 });
    decode([await sizeSeen(viewer, '720x1280')]);
    const { format } = await change({ size: '320x240', format: 'YUYV', fps: 5 });
    assert.deepEqual(format, { fourcc: 'YUYV', width: 320, height: 240 });
    const fine = await sizeSeen(viewer, '240x320');
    await change({ quality: 10, rotate: 0 });
    const coarse = await sizeSeen(viewer, '320x240');
    assert.ok(coarseness(coarse) > 5 * coarseness(fine), `${coarseness(fine)}, then ${coarseness(coarse)}`);
    assert.equal((await hub.json(bed)).fps.nominal, 5);
    const refused = await hub.patch(bed, { rotate: 45 });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /rotate must be 0, 90, 180 or 270, not 45/);
    await end(running);
  });

  test('a still in the largest size, and the stream is back', async () => {
    const running = await start('size: 640x480');
    const { hub, viewer } = running;
    const response = await fetch(hub.url('/snapshot?size=max'));
    assert.equal(response.status, 200, await response.clone().text());
    const still = Buffer.from(await response.arrayBuffer());
    assert.equal(sizeOf(still), '1920x1080');
    decode([still]);
    const { captured } = (await hub.json(bed)).frames;
    await until(
      () => hub.json(bed),
      ({ frames }) => frames.captured > captured + 5,
    );
    viewer.skip();
    assert.equal(sizeOf(await viewer.next()), '640x480');
    assert.deepEqual((await hub.json(bed)).failures, {});
    await end(running);
  });

  test('the configuration file is read again when it is saved, and on SIGHUP; a bad one changes nothing', async () => {
    const running = await start('size: 640x480');
    const { hub, viewer, file } = running;
    const text = (settings) => `cameras: { bed: { source: ${camera.path}, ${settings} } }`;
    file.save(text('size: 640x480, rotate: 90'));
    await sizeSeen(viewer, '480x640');
    file.save(text('size: 640x480, rotate: 45'));
    await hub.said(/rotate must be .*not 45/);
    viewer.skip();
    assert.equal(sizeOf(await viewer.next()), '480x640');
    file.save(text('size: 1280x720'));
    hub.signal('SIGHUP');
    await sizeSeen(viewer, '1280x720');
    await end(running);
  });
});

describe('a USB bus that is full', () => {
  let camera;
  before(async () => {
    camera = await plugCamera();
  });
  after(() => camera.stop());
  const start = (env, settings) =>
    serveWith({ env }, '--config', configFile(`cameras: { bed: { source: ${camera.path}, ${settings} } }`).path);

  test('is said on the card and in the log, and waited for', async () => {
    const env = fullUsbBus({ maxBytes: 100_000 });
    const hub = await start(env, 'format: YUYV, size: 640x480');
    const viewer = await watch(hub.url('/stream'));
    await until(() => hub.json(bed), isCard);
    assert.equal(readCard(decode(await nextOfEach([viewer]))[0]), 'USB BUS FULL');
    assert.match(hub.log(), /onNoBandwidth: fallback/);
    freeUsbBus(env);
    await until(() => hub.json(bed), isLive);
    assert.equal(readCard(decode(await nextOfEach([viewer]))[0]), undefined);
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });

  test('is made do with, when that is asked for', async () => {
    const hub = await start(fullUsbBus({ maxBytes: 100_000 }), 'format: YUYV, size: 640x480, onNoBandwidth: fallback');
    const { format } = await until(() => hub.json(bed), isLive);
    assert.deepEqual(format, { fourcc: 'MJPG', width: 640, height: 480 });
    const viewer = await watch(hub.url('/stream'));
    decode(await viewer.take(3));
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });
});

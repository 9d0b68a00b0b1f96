import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { frameBytes } from '@framehub/frame';
import { loadVivid, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { failedWith, live, openCamera, rises, take, until } from './helpers.mjs';

for (const [title, multiplanar] of [
  ['vivid, single-planar', 1],
  ['vivid, multi-planar', 2],
]) {
  describe(title, () => {
    let vivid;
    before(async () => {
      vivid = await loadVivid({ multiplanar });
    });
    after(() => vivid.unload());

    for (const fourcc of ['YUYV', 'UYVY', 'NV12', 'YU12', 'BGR3', 'RGB3', 'GREY']) {
      test(`${fourcc} frames come whole`, async () => {
        const { camera } = openCamera({ device: vivid.path, fourcc, size: { width: 640, height: 360 } });
        try {
          await until(camera, live);
          const frames = await take(camera, 5);
          for (const { format, bytes } of frames) {
            assert.deepEqual([format.fourcc, format.width, format.height], [fourcc, 640, 360]);
            assert.ok(bytes.length >= frameBytes(format));
            assert.ok(new Set(bytes.subarray(0, frameBytes(format))).size > 1, 'a picture, not one value');
          }
          assert.ok(rises(frames.map(({ sequence }) => sequence)));
        } finally {
          await camera.close();
        }
      });
    }

    test('a device that fails for good although its node stays is reported and tried again', async () => {
      const { camera } = openCamera({ device: vivid.path, fourcc: 'YUYV', size: { width: 640, height: 360 } });
      try {
        await until(camera, live);
        v4l2ctl(vivid.path, '-c', 'disconnect=1');
        const { state } = await until(camera, failedWith('CAPTURE_DEVICE_GONE'));
        assert.equal(state, 'retrying');
      } finally {
        await camera.close();
      }
    });
  });
}

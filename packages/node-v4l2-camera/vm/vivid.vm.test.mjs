import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { listDevices, V4l2Camera } from 'node-v4l2-camera';
import { loadVivid, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { compareControls, printFormats } from './helpers.mjs';

const TIMEOUT_MS = 10_000;
const WIDTH = 640;
const HEIGHT = 360;
const PIXELS = WIDTH * HEIGHT;

/** Bytes of an image in each plane of memory. In multi-planar YUYV, vivid puts 128 bytes of header before them. */
const SINGLE_PLANAR = {
  YUYV: [2 * PIXELS],
  UYVY: [2 * PIXELS],
  NV12: [1.5 * PIXELS],
  NV21: [1.5 * PIXELS],
  YU12: [1.5 * PIXELS],
  YV12: [1.5 * PIXELS],
  NV16: [2 * PIXELS],
  BGR3: [3 * PIXELS],
  RGB3: [3 * PIXELS],
  RGBP: [2 * PIXELS],
  GREY: [PIXELS],
  'Y16 ': [2 * PIXELS],
  'Y16 -BE': [2 * PIXELS],
};
const MULTI_PLANAR = {
  ...SINGLE_PLANAR,
  NM12: [PIXELS, PIXELS / 2],
  NM16: [PIXELS, PIXELS],
  YM12: [PIXELS, PIXELS / 4, PIXELS / 4],
};

for (const [title, multiplanar, type, formats] of [
  ['vivid, single-planar', 1, 'Video Capture', SINGLE_PLANAR],
  ['vivid, multi-planar', 2, 'Video Capture Multiplanar', MULTI_PLANAR],
]) {
  describe(title, () => {
    let vivid;
    let camera;
    before(async () => {
      vivid = await loadVivid({ multiplanar });
      camera = V4l2Camera.open(vivid.path);
    });
    afterEach(() => camera.stop());
    after(async () => {
      camera.close();
      await vivid.unload();
    });

    test('is listed', () => {
      const [device, ...others] = listDevices(assert.ifError);
      assert.deepEqual(others, []);
      assert.equal(device.driver, 'vivid');
      assert.equal(device.usb, undefined);
      assert.deepEqual(device.byPath, [vivid.path]);
      assert.equal(device.multiplanar, multiplanar === 2);
    });

    test('offers the formats, sizes and intervals that v4l2-ctl prints', () => {
      // Kernel flags for the colour settings that a program may choose.
      const theirs = v4l2ctl(vivid.path, '--list-formats-ext').replace(/, csc-[a-z-]+/g, '');
      assert.equal(printFormats(camera.formats(), type), theirs);
    });

    test('has the controls that v4l2-ctl prints, of every type', () => {
      const [ours, theirs] = compareControls(camera.controls(), v4l2ctl(vivid.path, '--list-ctrls-menus'));
      assert.ok(ours.length > 60);
      assert.deepEqual(ours, theirs);
    });

    for (const [fourcc, sizes] of Object.entries(formats)) {
      test(`streams ${fourcc}`, () => {
        const format = camera.setFormat({ fourcc, width: WIDTH, height: HEIGHT });
        assert.deepEqual([format.fourcc, format.width, format.height], [fourcc, WIDTH, HEIGHT]);
        assert.equal(format.planes.length, sizes.length);
        assert.ok(format.planes.every(({ sizeImage }, plane) => sizeImage >= sizes[plane]));
        assert.deepEqual(camera.setFrameInterval({ numerator: 1, denominator: 25 }), { numerator: 1, denominator: 25 });
        camera.start();
        let last = -1;
        for (let i = 0; i < 3; i++) {
          const frame = camera.dequeue(TIMEOUT_MS);
          assert.ok(frame);
          assert.deepEqual(
            frame.planes.map((plane) => plane.length),
            sizes,
          );
          assert.equal(frame.bytes, frame.planes[0]);
          assert.equal(
            frame.bytesUsed,
            sizes.reduce((sum, size) => sum + size),
          );
          assert.ok(
            frame.planes.every((plane) => new Set(plane).size > 1),
            'a picture',
          );
          assert.ok(frame.sequence > last);
          last = frame.sequence;
          camera.requeue(frame);
        }
      });
    }

    test('reports the colour range', () => {
      camera.setControl('quantization', 1);
      camera.setFormat({ fourcc: 'YUYV', width: WIDTH, height: HEIGHT });
      assert.equal(camera.getFormat().quantization, 'full');
      camera.setControl('quantization', 2);
      assert.equal(camera.getFormat().quantization, 'limited');
      assert.equal(camera.getFormat().colorspace, 'srgb');
      camera.setControl('quantization', 0);
      assert.equal(camera.getFormat().quantization, 'default');
    });

    test('reports the intervals of a size', () => {
      const intervals = camera.frameIntervals('YUYV', 1920, 1080);
      assert.deepEqual(intervals.at(0), { type: 'discrete', numerator: 1, denominator: 1 });
      assert.deepEqual(camera.frameIntervals('YUYV', 1, 1), []);
    });

    test('sets controls of every type and reads them back', () => {
      const id = camera.getControl('brightness').id;
      assert.equal(camera.setControl(id, 77), 77);
      assert.equal(camera.setControl('boolean', 0), 0);
      assert.equal(camera.setControl('menu', 4), 4);
      assert.equal(camera.setControl('integer_menu', 8), 8);
      assert.equal(camera.setControl('integer_32_bits', -(2 ** 31)), -(2 ** 31));
      assert.equal(camera.setControl('integer_64_bits', -(2n ** 62n) - 1n), -(2n ** 62n) - 1n);
      assert.equal(camera.setControl('integer_64_bits', 5), 5n);
      assert.equal(camera.setControl('bitmask', 0x80000000), 0x80000000);
      assert.equal(camera.setControl('string', 'abc'), 'abc');
      assert.equal(camera.setControl('button', 1), undefined);
      const theirs = v4l2ctl(vivid.path, '-C', 'brightness,integer_menu,integer_64_bits,bitmask,string');
      assert.match(theirs, /: 77\n.*: 8 .*\n.*: 5\n.*: -2147483648\n.*'abc'/);
    });

    test('refuses invalid values and unknown names', () => {
      assert.throws(() => camera.setControl('menu', 2), { code: 'EINVAL' });
      assert.throws(() => camera.setControl('menu', 1.5), { name: 'RangeError', message: /from 1 to 4/ });
      assert.throws(() => camera.setControl('brightness', 'dark'), { name: 'RangeError' });
      assert.throws(() => camera.setControl('string', 'too long'), { name: 'RangeError' });
      assert.throws(() => camera.setControl('read_only_integer_32_bits', 1), { code: 'EACCES' });
      assert.throws(() => camera.setControl('area', 1), { name: 'TypeError' });
      assert.throws(() => camera.getControl('nonsense'), { code: 'ENOENT' });
      assert.throws(() => camera.setFormat({ fourcc: 'toolong', width: 1, height: 1 }), { name: 'RangeError' });
    });

    test('passes the error bit on', () => {
      camera.setFormat({ fourcc: 'GREY', width: WIDTH, height: HEIGHT });
      camera.start();
      camera.setControl('inject_v4l2_buf_flag_error', 1);
      const errors = Array.from({ length: 6 }, () => {
        const frame = camera.dequeue(TIMEOUT_MS);
        camera.requeue(frame);
        return frame.error;
      });
      camera.stop();
      assert.deepEqual(errors.filter(Boolean), [true]);
    });

    test('a failed start leaves nothing behind', () => {
      camera.setControl('inject_vidioc_reqbufs_error', 1);
      assert.throws(() => camera.start(), { code: 'EINVAL', syscall: 'VIDIOC_REQBUFS' });
      camera.setControl('inject_vidioc_qbuf_error', 1);
      assert.throws(() => camera.start(), { code: 'EINVAL', syscall: 'VIDIOC_QBUF' });
      camera.setControl('inject_vidioc_streamon_error', 1);
      assert.throws(() => camera.start(), { code: 'EINVAL', syscall: 'VIDIOC_STREAMON' });
      camera.start();
      assert.ok(camera.dequeue(TIMEOUT_MS));
    });

    test('a fatal stream error: EIO, and a new start recovers', () => {
      camera.start();
      camera.setControl('inject_fatal_streaming_error', 1);
      assert.throws(
        () => {
          for (let i = 0; i < 100; i++) camera.requeue(camera.dequeue(TIMEOUT_MS));
        },
        { code: 'EIO' },
      );
      camera.stop();
      camera.start();
      assert.ok(camera.dequeue(TIMEOUT_MS));
    });

    test('disconnected: ENODEV', () => {
      camera.start();
      camera.setControl('disconnect', 1);
      assert.throws(
        () => {
          for (let i = 0; i < 100; i++) camera.requeue(camera.dequeue(TIMEOUT_MS));
        },
        { code: 'ENODEV' },
      );
    });
  });
}

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { listDevices, V4l2Camera } from 'node-v4l2-camera';
import { plugCamera, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { compareControls, printFormats, yuyvNumber } from './helpers.mjs';

const TIMEOUT_MS = 10_000;

describe('a USB camera', () => {
  let sim;
  before(async () => {
    sim = await plugCamera();
  });
  after(() => sim.stop());

  test('is listed once, although it has two nodes, with its names and ids', () => {
    const nodes = readdirSync('/dev').filter((name) => name.startsWith('video'));
    assert.equal(nodes.length, 2, 'the second is for metadata');
    const devices = listDevices(assert.ifError);
    assert.equal(devices.length, 1);
    const [device] = devices;
    assert.equal(device.path, realpathSync(sim.path));
    assert.equal(device.driver, 'uvcvideo');
    assert.equal(device.card, 'Simulated Camera');
    assert.match(device.busInfo, /^usb-vhci_hcd/);
    assert.deepEqual(device.byId, [sim.path]);
    assert.equal(device.byPath.length, 1);
    assert.deepEqual(device.usb, { vendorId: '1209', productId: '0001', serial: 'SIM0001' });
    assert.equal(device.multiplanar, false);
  });

  test('opens by its by-id link, and reports that path', () => {
    const camera = V4l2Camera.open(sim.path);
    assert.equal(camera.info.path, sim.path);
    assert.deepEqual(camera.info.byId, [sim.path]);
    assert.equal(camera.info.usb?.serial, 'SIM0001');
    camera.close();
  });

  test('offers the formats, sizes and intervals that v4l2-ctl prints', () => {
    const camera = V4l2Camera.open(sim.path);
    assert.equal(printFormats(camera.formats()), v4l2ctl(sim.path, '--list-formats-ext'));
    camera.close();
  });

  test('has the controls that v4l2-ctl prints', () => {
    const camera = V4l2Camera.open(sim.path);
    const [ours, theirs] = compareControls(camera.controls(), v4l2ctl(sim.path, '--list-ctrls-menus'));
    assert.equal(ours.length, 12);
    assert.deepEqual(ours, theirs);
    camera.close();
  });

  test('sets controls, and refuses inactive ones', () => {
    const camera = V4l2Camera.open(sim.path);
    assert.equal(camera.setControl('brightness', -20), -20);
    assert.match(v4l2ctl(sim.path, '-C', 'brightness'), /-20/);
    assert.equal(camera.setControl('gain', 1000), 100, 'clamped');
    assert.throws(() => camera.setControl('exposure_time_absolute', 100), { code: 'EACCES' });
    assert.equal(camera.setControl('auto_exposure', 1), 1);
    assert.equal(camera.setControl('exposure_time_absolute', 100), 100);
    assert.equal(camera.setControl('auto_exposure', 3), 3);
    assert.equal(camera.getControl('exposure_time_absolute').flags.inactive, true);
    camera.close();
  });

  for (const [width, height] of [
    [640, 480],
    [1280, 720],
  ]) {
    test(`streams MJPG ${width}x${height}, every frame as the camera sent it`, () => {
      const folder = `/usr/local/share/usbcam/mjpeg/${width}x${height}`;
      const sent = new Set(
        readdirSync(folder)
          .filter((name) => name.endsWith('.jpg'))
          .map((name) => readFileSync(`${folder}/${name}`).toString('base64')),
      );
      const camera = V4l2Camera.open(sim.path);
      const format = camera.setFormat({ fourcc: 'MJPG', width, height });
      assert.deepEqual([format.fourcc, format.width, format.height], ['MJPG', width, height]);
      assert.deepEqual(camera.setFrameInterval({ numerator: 1, denominator: 15 }), { numerator: 1, denominator: 15 });
      camera.start();
      let last = -1;
      let time = 0;
      for (let i = 0; i < 30; i++) {
        const frame = camera.dequeue(TIMEOUT_MS);
        assert.ok(frame);
        assert.equal(frame.error, false);
        assert.equal(frame.clock, 'monotonic');
        assert.equal(frame.bytes.length, frame.bytesUsed);
        assert.ok(
          sent.has(Buffer.from(frame.bytes).toString('base64')),
          `frame ${frame.sequence} was not sent by the camera`,
        );
        assert.ok(frame.sequence > last && frame.timestampUs > time);
        last = frame.sequence;
        time = frame.timestampUs;
        camera.requeue(frame);
      }
      const age = Number(process.hrtime.bigint() / 1000n) - time;
      assert.ok(age >= 0 && age < 5_000_000, `${age} us`);
      camera.close();
    });
  }

  test('streams YUYV frames in order', () => {
    const camera = V4l2Camera.open(sim.path);
    const format = camera.setFormat({ fourcc: 'YUYV', width: 640, height: 480 });
    assert.equal(format.bytesPerLine, 1280);
    assert.equal(format.sizeImage, 1280 * 480);
    camera.setFrameInterval({ numerator: 1, denominator: 15 });
    camera.start({ buffers: 6 });
    const numbers = [];
    for (let i = 0; i < 20; i++) {
      const frame = camera.dequeue(TIMEOUT_MS);
      assert.equal(frame.bytesUsed, 1280 * 480);
      numbers.push(yuyvNumber(frame.bytes, 640));
      camera.requeue(frame);
    }
    camera.close();
    assert.ok(
      numbers.every((number, i) => i === 0 || number > numbers[i - 1]),
      numbers.join(),
    );
  });

  test('frames yields the newest frame, requeues it, and ends when the camera is closed', async () => {
    const camera = V4l2Camera.open(sim.path);
    camera.setFormat({ fourcc: 'MJPG', width: 640, height: 480 });
    camera.setFrameInterval({ numerator: 1, denominator: 30 });
    camera.start();
    const sequences = [];
    for (const frame of camera.frames({ timeoutMs: TIMEOUT_MS, newest: true })) {
      sequences.push(frame.sequence);
      if (sequences.length === 10) camera[Symbol.dispose]();
      // Slower than the camera, so that several frames are ready.
      else await new Promise((resolve) => setTimeout(resolve, 150));
    }
    assert.equal(sequences.length, 10);
    assert.ok(
      sequences.some((sequence, i) => i > 0 && sequence > sequences[i - 1] + 1),
      `older frames are skipped: ${sequences}`,
    );
  });

  test('an unsupported size becomes the nearest supported one', () => {
    const camera = V4l2Camera.open(sim.path);
    const { width, height } = camera.setFormat({ fourcc: 'MJPG', width: 1300, height: 700 });
    assert.deepEqual([width, height], [1280, 720]);
    assert.equal(camera.getFormat().width, 1280);
    camera.close();
  });

  test('dequeuing more than all buffers is an error, and requeue continues the stream', () => {
    const camera = V4l2Camera.open(sim.path);
    camera.setFormat({ fourcc: 'MJPG', width: 640, height: 480 });
    camera.start({ buffers: 2 });
    const held = [];
    assert.throws(
      () => {
        for (;;) held.push(camera.dequeue(TIMEOUT_MS));
      },
      { code: 'EINVAL', message: /requeue one first/ },
    );
    const [frame] = held;
    camera.requeue(frame);
    assert.equal(frame.bytes.length, 0);
    assert.throws(() => camera.requeue(frame), { code: 'EINVAL' });
    assert.ok(camera.dequeue(TIMEOUT_MS));
    camera.stop();
    assert.equal(held[1].bytes.length, 0, 'an unmapped buffer is empty');
    camera.close();
  });

  test('a camera that another program streams from is busy', () => {
    const first = V4l2Camera.open(sim.path);
    const second = V4l2Camera.open(sim.path);
    first.setFormat({ fourcc: 'YUYV', width: 320, height: 240 });
    first.start();
    assert.throws(() => first.setFormat({ fourcc: 'MJPG', width: 640, height: 480 }), {
      code: 'EBUSY',
      message: /stop\(\) first/,
    });
    assert.throws(() => second.setFormat({ fourcc: 'MJPG', width: 640, height: 480 }), {
      code: 'EBUSY',
      syscall: 'VIDIOC_S_FMT',
      message: /fuser/,
    });
    assert.throws(() => second.start(), { code: 'EBUSY' });
    first.stop();
    second.setFormat({ fourcc: 'MJPG', width: 640, height: 480 });
    second.start();
    assert.ok(second.dequeue(TIMEOUT_MS));
    first.close();
    second.close();
  });

  test('without permission: EACCES, also from listDevices', () => {
    const refused = [];
    process.seteuid(65534);
    try {
      assert.throws(() => V4l2Camera.open(sim.path), { code: 'EACCES', errno: 13, syscall: 'open', message: /group/ });
      assert.deepEqual(
        listDevices((error) => refused.push(error.code)),
        [],
      );
    } finally {
      process.seteuid(0);
    }
    assert.deepEqual(refused, ['EACCES', 'EACCES']);
  });

  test('opening, streaming and closing 25 times leaves no descriptor and no mapping', () => {
    const use = () => {
      const camera = V4l2Camera.open(sim.path);
      camera.setFormat({ fourcc: 'MJPG', width: 640, height: 480 });
      camera.start();
      camera.requeue(camera.dequeue(TIMEOUT_MS));
      camera.dequeue(TIMEOUT_MS);
      camera.close();
      camera.close();
    };
    use();
    const descriptors = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 25; i++) use();
    assert.equal(readdirSync('/proc/self/fd').length, descriptors);
    assert.doesNotMatch(readFileSync('/proc/self/maps', 'utf8'), /video4linux|\/dev\/video/);
  });
});

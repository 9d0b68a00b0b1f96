import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { listDevices, V4l2Camera } from 'node-v4l2-camera';
import { plugCamera, setModuleParameter } from '../../../tools/v4l2-vm/rig.mjs';

const TIMEOUT_MS = 10_000;

describe('a USB camera that misbehaves', () => {
  let sim;
  let camera;
  beforeEach(async () => {
    sim = await plugCamera();
    camera = V4l2Camera.open(sim.path);
  });
  afterEach(async () => {
    camera.close();
    await sim.stop();
  });

  const stream = (fourcc = 'MJPG') => {
    camera.setFormat({ fourcc, width: 640, height: 480 });
    camera.start();
    next();
  };
  /** Dequeues one frame and returns a description of it. */
  const next = (timeout = TIMEOUT_MS) => {
    const frame = camera.dequeue(timeout);
    if (!frame) return undefined;
    const { bytesUsed, error, sequence } = frame;
    camera.requeue(frame);
    return { bytesUsed, error, sequence };
  };
  const nextWhere = (matches) => {
    for (let i = 0; i < 100; i++) {
      const frame = next();
      assert.ok(frame, 'frames keep coming');
      if (matches(frame)) return frame;
    }
    return undefined;
  };

  test('dequeue times out while the camera stalls, and frames arrive again afterwards', () => {
    stream();
    sim.send('stall');
    while (next(1000));
    assert.equal(next(0), undefined, 'dequeue(0) does not wait');
    sim.send('normal');
    assert.ok(next());
  });

  test('unplugged while streaming: ENODEV from then on', async () => {
    stream();
    sim.send('unplug');
    assert.throws(() => nextWhere(() => false), { name: 'V4l2Error', code: 'ENODEV', errno: 19, message: /gone/ });
    assert.throws(() => camera.dequeue(TIMEOUT_MS), { code: 'ENODEV' });
    assert.throws(() => camera.formats(), { code: 'ENODEV' });
    assert.throws(() => camera.controls(), { code: 'ENODEV' });
    assert.throws(() => camera.setControl('brightness', 1), { code: 'ENODEV' });
    camera.stop();
    camera.close();
    await sim.plug();
  });

  test('unplugged while dequeue waits for a frame: ENODEV, not a timeout', async () => {
    stream();
    sim.send('stall');
    while (next(500));
    // From another process, as this thread waits in the kernel.
    spawn('sh', ['-c', `sleep 1; echo unplug > ${sim.fifo}`], { stdio: 'ignore' });
    assert.throws(() => camera.dequeue(60_000), { code: 'ENODEV' });
    camera.close();
    await sim.plug();
  });

  test('plugged in again: the same camera under its old name, also while the old node is still open', async () => {
    const before = realpathSync(sim.path);
    stream();
    await sim.unplug();
    assert.deepEqual(listDevices(assert.ifError), []);
    await sim.plug();
    const [device, ...others] = listDevices(assert.ifError);
    assert.deepEqual(others, []);
    assert.notEqual(device.path, before, 'a new number, as the old one is held');
    assert.equal(device.usb.serial, 'SIM0001');
    assert.deepEqual(device.byId, [sim.path]);
    camera.close();
    camera = V4l2Camera.open(sim.path);
    stream();
  });

  test('two cameras stream at the same time', async () => {
    const other = await plugCamera({ serial: 'B2', product: 'Other Cam' });
    const second = V4l2Camera.open(other.path);
    try {
      assert.deepEqual(
        listDevices(assert.ifError).map(({ card, usb }) => [card, usb.serial]),
        [
          ['Simulated Camera', 'SIM0001'],
          ['Other Cam', 'B2'],
        ],
      );
      stream();
      second.setFormat({ fourcc: 'MJPG', width: 1280, height: 720 });
      second.start();
      for (let i = 0; i < 20; i++) {
        assert.ok(next());
        const frame = second.dequeue(TIMEOUT_MS);
        assert.ok(frame);
        second.requeue(frame);
      }
    } finally {
      second.close();
      await other.stop();
    }
  });

  test('a truncated MJPG frame is delivered short, without the error flag', () => {
    stream();
    sim.send('truncate 1 1000');
    assert.deepEqual(nextWhere(({ bytesUsed }) => bytesUsed === 1000)?.error, false);
  });

  test('an empty frame is not delivered, and the next one is', () => {
    stream();
    sim.send('empty 3');
    assert.equal(nextWhere(({ bytesUsed, sequence }) => bytesUsed === 0 || sequence > 60)?.bytesUsed === 0, false);
  });

  test('a frame that the camera marks as damaged has its error flag set, if the driver passes it on', async () => {
    camera.close();
    await sim.unplug();
    setModuleParameter('uvcvideo', 'nodrop', 1);
    try {
      await sim.plug();
      camera = V4l2Camera.open(sim.path);
      stream('YUYV');
      sim.send('error 2');
      assert.ok(nextWhere(({ error }) => error));
      assert.ok(nextWhere(({ error }) => !error));
    } finally {
      setModuleParameter('uvcvideo', 'nodrop', 0);
    }
  });
});

test('a camera without a serial number has none', async () => {
  const sim = await plugCamera({ serial: '' });
  const [{ usb }] = listDevices(assert.ifError);
  assert.deepEqual(usb, { vendorId: '1209', productId: '0001' });
  await sim.stop();
});

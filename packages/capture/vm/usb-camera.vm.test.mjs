import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, afterEach, before, describe, test } from 'node:test';
import { inspectJpeg } from '@framehub/frame';
import { plugCamera, run, SLOWNESS, setModuleParameter, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { failedWith, live, openCamera, rises, take, takeUntil, until, yuyvNumber } from './helpers.mjs';

/** Many times what the slowest takes; a hang has to end some time. */
const LIMIT = { timeout: 180_000 };

function faultOf({ bytes }) {
  const info = inspectJpeg(bytes);
  return info.fault ?? (info.hasHuffmanTables ? 'none' : 'no tables');
}

describe('a USB camera', () => {
  let sim;
  let camera;
  let logged;
  before(async () => {
    sim = await plugCamera();
  });
  afterEach(() => camera?.close());
  after(() => sim.stop());

  const open = async (source = {}, options = {}) => {
    ({ camera, logged } = openCamera({ device: sim.path, ...source }, options));
    await until(camera, live);
  };
  const control = (name) => Number(/: (-?\d+)/.exec(v4l2ctl(sim.path, '-C', name))[1]);

  test('without options it gives whole JPEGs of its largest size, with the time they were taken', LIMIT, async () => {
    await open();
    const frames = await take(camera, 30);
    for (const { bytes, format, age } of frames) {
      const { width, height } = inspectJpeg(bytes);
      assert.deepEqual([width, height], [1920, 1080]);
      assert.deepEqual([format.fourcc, format.width, format.height], ['MJPG', 1920, 1080]);
      assert.ok(age > 0 && age < 5000, `${age} ms old`);
    }
    assert.ok(rises(frames.map(({ sequence }) => sequence)));
    const { source, fps } = camera.status();
    assert.equal(source, `${sim.path} (Simulated Camera)`);
    assert.equal(fps.nominal, 30);
    // Counts come with the thread's reports, some time behind the frames; the test's own limit ends the wait.
    while (camera.status().frames.captured < 30) await take(camera, 1);
  });

  test('YUYV frames come whole and in order: each is the one that its sequence says', LIMIT, async () => {
    await open({ fourcc: 'YUYV', size: { width: 640, height: 480 } });
    const frames = await take(camera, 60);
    const numbers = frames.map(yuyvNumber);
    assert.ok(rises(numbers));
    const offset = numbers[0] - frames[0].sequence;
    for (const [i, { sequence }] of frames.entries()) assert.equal(numbers[i] - sequence, offset);
  });

  test('it goes on while nobody watches, and gives a new frame to who comes', LIMIT, async () => {
    await open({ fourcc: 'YUYV', size: { width: 320, height: 240 } });
    const [earlier] = await take(camera, 1);
    const captured = camera.status().frames.captured;
    while (camera.status().frames.captured < captured + 30) await new Promise((resolve) => setTimeout(resolve, 50));
    const [later] = await take(camera, 1);
    assert.ok(later.sequence >= earlier.sequence + 30);
    assert.ok(later.age < 500 * SLOWNESS, `${later.age} ms old`);
  });

  test('what it lacks falls to what it has, said aloud', LIMIT, async () => {
    await open({ fourcc: 'NV12', size: { width: 1640, height: 1232 }, fps: 60 });
    const [{ format }] = await take(camera, 1);
    assert.deepEqual([format.fourcc, format.width, format.height], ['MJPG', 1280, 720]);
    const warnings = logged.filter((line) => line.startsWith('warn')).join('\n');
    assert.match(warnings, /no NV12.*\n.*no 1640x1232.*\n.*at most 30 frames a second/);
  });

  test('a stall restarts it, and frames come again when the camera does', LIMIT, async () => {
    await open({ size: { width: 640, height: 480 } });
    const [earlier] = await take(camera, 1);
    sim.send('stall');
    await until(camera, failedWith('CAPTURE_STALLED'));
    sim.send('normal');
    const { error, restarts } = await until(camera, live);
    assert.equal(error, undefined);
    assert.ok(restarts >= 1);
    const [later] = await take(camera, 1);
    assert.ok(later.sequence > earlier.sequence);
  });

  test('unplugged and plugged in again while it is watched, it comes back, set as before', LIMIT, async () => {
    await open({ size: { width: 640, height: 480 }, controls: { brightness: 11 } });
    await camera.setControls({ contrast: 22 });
    const [earlier] = await take(camera, 1);
    await sim.unplug();
    const { state, error } = await until(camera, failedWith('CAPTURE_DEVICE_GONE'));
    assert.equal(state, 'retrying');
    assert.match(error.message, /not there/);
    await assert.rejects(camera.controls(), { code: 'CAPTURE_DEVICE_GONE' });
    await sim.plug();
    await until(camera, live);
    const [later] = await take(camera, 1);
    assert.ok(later.sequence > earlier.sequence);
    assert.equal(control('brightness'), 11);
    assert.equal(control('contrast'), 22);
  });

  test(
    'cut and foreign frames are counted and left out, table-less ones go on as they are, and nothing stops',
    LIMIT,
    async () => {
      await open({ size: { width: 640, height: 480 } });
      const seen = [];
      const stop = camera.start((frame) => {
        const lease = frame.lease();
        if (lease) seen.push(faultOf(lease));
        lease?.release();
      });
      for (const [command, fault] of [
        ['truncate 3', 'truncated'],
        ['garbage 3', 'not-jpeg'],
      ]) {
        sim.send(command);
        while (!camera.status().frames.dropped[fault]) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      stop.close();
      assert.deepEqual([...new Set(seen)], ['none']);
      for (const [command, fault] of [
        ['nodht', 'no tables'],
        ['normal', 'none'],
      ]) {
        const coming = takeUntil(camera, (all) => faultOf(all.at(-1)) === fault);
        sim.send(command);
        await coming;
      }
      assert.equal(camera.status().restarts, 0);
    },
  );

  test('controls are put back at the end, in an order that the camera takes', LIMIT, async () => {
    const [brightness, exposure] = [control('brightness'), control('exposure_time_absolute')];
    assert.equal(control('auto_exposure'), 3);
    await open({ controls: { exposure_time_absolute: 300, auto_exposure: 1 } });
    assert.equal(control('auto_exposure'), 1);
    assert.equal(control('exposure_time_absolute'), 300);
    const all = await camera.setControls({ brightness: brightness + 5 });
    assert.equal(all.find(({ name }) => name === 'brightness').value, brightness + 5);
    await camera.close();
    assert.equal(control('auto_exposure'), 3);
    assert.equal(control('brightness'), brightness);
    assert.equal(control('exposure_time_absolute'), exposure);
    assert.ok(logged.some((line) => /exposure_time_absolute was \d+; it is restored/.test(line)));
  });

  test('a control that the camera refuses says what to do', LIMIT, async () => {
    await open();
    // Automatic by word of the caller: nothing is switched off for it.
    await assert.rejects(camera.setControls({ auto_exposure: 3, exposure_time_absolute: 300 }), {
      code: 'CAPTURE_CONTROL_REFUSED',
      message: /automatic off first/,
    });
  });

  test('a camera that another program uses names that program, and is taken when it is free', LIMIT, async () => {
    const other = spawn('v4l2-ctl', ['-d', sim.path, '--stream-mmap', '--stream-to=/dev/null'], { stdio: 'pipe' });
    // It prints a sign a frame once it streams.
    await once(other.stderr, 'data');
    ({ camera } = openCamera({ device: sim.path }));
    const { error } = await until(camera, failedWith('CAPTURE_DEVICE_BUSY'));
    assert.match(error.message, new RegExp(`v4l2-ctl \\(process ${other.pid}\\)`));
    other.kill();
    await until(camera, live);
  });

  test('asleep, it leaves the device to others, and wakes for a viewer', LIMIT, async () => {
    await open({ size: { width: 640, height: 480 } }, { idle: 0 });
    await until(camera, ({ state }) => state === 'standby');
    await camera.settled();
    // Closing takes a moment after the state has changed.
    for (;;) {
      try {
        run('v4l2-ctl', '-d', sim.path, '--stream-mmap', '--stream-count=1', '--stream-to=/dev/null');
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    assert.equal((await take(camera, 2)).length, 2);
  });

  test('its metadata node is no camera', LIMIT, async () => {
    ({ camera } = openCamera({ device: sim.path.replace('index0', 'index1') }));
    await until(camera, failedWith('CAPTURE_NOT_A_CAMERA'));
  });

  test('closes within two seconds, also while it stalls', LIMIT, async () => {
    await open();
    sim.send('stall');
    const start = performance.now();
    await camera.close();
    assert.ok(performance.now() - start < 2000 * SLOWNESS);
    sim.send('normal');
  });
});

test('frames that the driver marks as damaged are counted and left out', LIMIT, async () => {
  setModuleParameter('uvcvideo', 'nodrop', 1);
  const sim = await plugCamera();
  const { camera } = openCamera({ device: sim.path, fourcc: 'YUYV', size: { width: 640, height: 480 } });
  try {
    await until(camera, live);
    sim.send('error 3');
    const frames = await takeUntil(camera, () => (camera.status().frames.dropped['driver-error'] ?? 0) > 0);
    assert.ok(frames.every(({ bytes }) => bytes.length === 640 * 480 * 2));
    assert.equal((await take(camera, 5)).length, 5);
  } finally {
    await camera.close();
    await sim.stop();
    setModuleParameter('uvcvideo', 'nodrop', 0);
  }
});

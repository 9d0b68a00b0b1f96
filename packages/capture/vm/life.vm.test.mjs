// A camera's life as its viewers see it: placeholders are read from their pixels.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { NOBODY, plugCamera, removed, SLOWNESS, setAccess } from '../../../tools/v4l2-vm/rig.mjs';
import { readPlaceholder } from '../dist/placeholder/read-placeholder.test.helper.js';
import { failedWith, live, openCamera, rises, until } from './helpers.mjs';

/** Many times what the slowest takes; a hang has to end some time. */
const LIMIT = { timeout: 180_000 };
/** Milliseconds from pulling a camera out until its viewers can read so. */
const CARD_LIMIT = 2000 * SLOWNESS;
/** Milliseconds from plugging it in until they see its picture. */
const PICTURE_LIMIT = 3000 * SLOWNESS;
const SMALL = { fourcc: 'YUYV', size: { width: 320, height: 240 } };

/** Looks at all that comes. */
function watch(camera) {
  const sequences = [];
  let seen = () => {};
  const stop = camera.start((frame) => {
    sequences.push(frame.sequence);
    seen(frame);
  });
  const next = (wanted) =>
    new Promise((resolve) => {
      seen = (frame) => {
        const lease = frame.lease();
        if (!lease) return;
        const shown = { ...frame, bytes: Uint8Array.from(lease.bytes) };
        lease.release();
        if (wanted(shown)) resolve(shown);
      };
    });
  return {
    sequences,
    stop: () => stop.close(),
    picture: () => next(({ placeholder }) => placeholder === undefined),
    card: (title) => next(({ placeholder }) => placeholder === title),
  };
}

async function within(limit, t, what, act) {
  const begin = performance.now();
  const result = await act();
  const waited = Math.round(performance.now() - begin);
  t.diagnostic(`${what} after ${waited} ms`);
  assert.ok(waited < limit, `${what} after ${waited} ms`);
  return result;
}

const read = ({ bytes, format }) => readPlaceholder(bytes, format).map(({ text }) => text);

describe('a USB camera that is watched', () => {
  let sim;
  let camera;
  let logged;
  let viewer;
  beforeEach(async () => {
    sim = await plugCamera();
  });
  afterEach(async () => {
    viewer?.stop();
    await camera?.close();
    await sim.stop();
  });

  const open = async (source = {}) => {
    ({ camera, logged } = openCamera({ device: sim.byPath, ...SMALL, ...source }));
    viewer = watch(camera);
    await viewer.picture();
  };
  const failed = () => logged.filter((line) => line.includes('camera has failed'));

  test('pulled out, its viewers read so within two seconds, and plugged in, see it within three', LIMIT, async (t) => {
    await open();
    const before = camera.status();
    const card = await within(CARD_LIMIT, t, 'card', () => {
      sim.send('unplug');
      return viewer.card('CAMERA UNPLUGGED');
    });
    assert.deepEqual([card.format.width, card.format.height], [320, 240]);
    assert.deepEqual(read(card).slice(0, 3), ['CAMERA UNPLUGGED', 'vm', 'plug it in again']);
    const { state, placeholder, frozenSince, lastFrameAt } = camera.status();
    assert.deepEqual([state, placeholder, frozenSince], ['retrying', 'CAMERA UNPLUGGED', undefined]);
    assert.ok(lastFrameAt < card.capturedAt);

    await removed(sim.byPath);
    await within(PICTURE_LIMIT, t, 'picture', () => {
      sim.send('plug');
      return viewer.picture();
    });
    assert.ok(rises(viewer.sequences));
    const { failures, frames, ...after } = camera.status();
    assert.equal(after.placeholder, undefined);
    assert.ok(failures.CAPTURE_DEVICE_GONE >= 1);
    assert.ok(frames.captured >= before.frames.captured);
    assert.equal(failed().length, 1, failed().join('\n'));
  });

  test('plugged in again while another program holds its old node, it is found under the new one', LIMIT, async () => {
    const node = sim.node();
    await open({ device: node });
    const held = openSync(node, 'r');
    const holder = spawn('sleep', ['1000'], { stdio: ['ignore', 'ignore', 'ignore', held] });
    await once(holder, 'spawn');
    closeSync(held);
    await sim.unplug();
    await viewer.card('CAMERA UNPLUGGED');
    await sim.plug();
    assert.notEqual(sim.node(), node);
    await viewer.picture();
    assert.match(camera.status().source, new RegExp(`^${sim.node()} `));
    assert.ok(rises(viewer.sequences));
    holder.kill();
    await once(holder, 'exit');
  });

  test('without frames it has no signal, is started again, and goes on', LIMIT, async () => {
    await open();
    sim.send('stall');
    const card = await viewer.card('NO SIGNAL');
    assert.equal(read(card)[0], 'NO SIGNAL');
    assert.equal(camera.status().error.code, 'CAPTURE_STALLED');
    sim.send('normal');
    await viewer.picture();
    assert.ok(rises(viewer.sequences));
    assert.equal(failed().length, 1, failed().join('\n'));
  });

  test('in use by another program it is busy, and taken when it is free', LIMIT, async () => {
    const other = spawn('v4l2-ctl', ['-d', sim.byPath, '--stream-mmap', '--stream-to=/dev/null'], { stdio: 'pipe' });
    // It prints a sign a frame once it streams.
    await once(other.stderr, 'data');
    ({ camera, logged } = openCamera({ device: sim.byPath, ...SMALL }));
    viewer = watch(camera);
    assert.equal(read(await viewer.card('BUSY'))[0], 'BUSY');
    other.kill();
    await viewer.picture();
    assert.equal(failed().length, 1, failed().join('\n'));
  });

  test('forbidden, it says so, and is opened as soon as it may be', LIMIT, async () => {
    setAccess(sim.node(), { mode: 0o600 });
    // All threads of the process: they are nobody now, and can be root again.
    process.seteuid(NOBODY.uid);
    try {
      ({ camera, logged } = openCamera({ device: sim.byPath, ...SMALL }));
      viewer = watch(camera);
      assert.equal(read(await viewer.card('NO PERMISSION'))[0], 'NO PERMISSION');
      process.seteuid(0);
      setAccess(sim.node(), { mode: 0o666 });
      process.seteuid(NOBODY.uid);
      await viewer.picture();
      assert.match(failed().join('\n'), /usermod -aG video/);
    } finally {
      process.seteuid(0);
    }
  });

  test(
    'switched off, it leaves the device to others with its controls put back, until it is switched on',
    LIMIT,
    async () => {
      await open();
      await camera.switchOff();
      assert.equal(read(await viewer.card('CAMERA OFF'))[0], 'CAMERA OFF');
      const other = spawn('v4l2-ctl', ['-d', sim.byPath, '--stream-mmap', '--stream-count=1', '--stream-to=/dev/null']);
      const [status] = await once(other, 'exit');
      assert.equal(status, 0);
      camera.switchOn();
      await viewer.picture();
      assert.ok(rises(viewer.sequences));
    },
  );

  test('changed to another size while it is watched, it goes on in that', LIMIT, async () => {
    await open();
    await camera.change({
      source: { type: 'v4l2', device: sim.byPath, fourcc: 'YUYV', size: { width: 640, height: 480 } },
    });
    const { format } = await viewer.picture();
    assert.deepEqual([format.width, format.height], [640, 480]);
    assert.ok(rises(viewer.sequences));
  });
});

test('a camera that was never there is waited for, and live when it is plugged in', LIMIT, async () => {
  const { camera } = openCamera({ device: 'serial:LATER', ...SMALL });
  const viewer = watch(camera);
  const card = await viewer.card('NO CAMERA');
  assert.deepEqual(read(card)[0], 'NO CAMERA');
  assert.deepEqual([card.format.width, card.format.height], [320, 240]);
  await until(camera, failedWith('CAPTURE_DEVICE_GONE'));
  const sim = await plugCamera({ serial: 'LATER' });
  await until(camera, live);
  await viewer.picture();
  assert.ok(rises(viewer.sequences));
  viewer.stop();
  await camera.close();
  await sim.stop();
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { plugCamera } from '../../../tools/v4l2-vm/rig.mjs';
import { failedWith, live, openCamera, take, until } from './helpers.mjs';
import { openNodes, released } from './open-nodes.mjs';

/** Many times what the slowest takes; a hang has to end some time. */
const LIMIT = { timeout: 180_000 };

describe('a camera that hangs, so that the driver waits for it', () => {
  let sim;
  let camera;
  beforeEach(async () => {
    sim = await plugCamera();
    const source = { device: sim.byPath, fourcc: 'YUYV', size: { width: 320, height: 240 } };
    ({ camera } = openCamera({ ...source, controls: { brightness: 11 } }));
    await until(camera, live);
  });
  afterEach(async () => {
    await camera.close();
    await sim.stop();
  }, LIMIT);

  test('is live again by itself when it answers again', LIMIT, async () => {
    const [before] = await take(camera, 1);
    sim.hang();
    const { state } = await until(camera, failedWith('CAPTURE_STALLED'));
    assert.equal(state, 'retrying');
    // The thread does not come back from the driver, and no other one is sent after it.
    await until(camera, failedWith('CAPTURE_THREAD_HUNG'));
    assert.equal(openNodes().length, 1);
    assert.equal(camera.status().restarts, 0);
    sim.resume();
    await until(camera, live);
    const [after] = await take(camera, 1);
    assert.ok(after.sequence > before.sequence);
    assert.equal(openNodes().length, 1, 'the one that hung has let go');
  });

  test('is left alone when other devices appear: at most one thread more hangs with it', LIMIT, async () => {
    sim.hang();
    await until(camera, failedWith('CAPTURE_THREAD_HUNG'));
    for (let i = 0; i < 3; i++) {
      const other = await plugCamera({ serial: `OTHER${i}` });
      await other.stop();
    }
    assert.ok(openNodes().length <= 2, openNodes().join());
    sim.resume();
    await until(camera, live);
    assert.equal((await take(camera, 1)).length, 1);
  });

  test('is let go of by a thread that closing did not wait for', LIMIT, async () => {
    sim.hang();
    await camera.close();
    assert.equal(openNodes().length, 1, 'the driver has not returned');
    sim.resume();
    await released();
  });
});

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { plugCamera } from '../../../tools/v4l2-vm/rig.mjs';
import { failedWith, live, openCamera, take, until } from './helpers.mjs';

const LIMIT = { timeout: 180_000 };
const SMALL = { fourcc: 'YUYV', size: { width: 320, height: 240 } };

const cameras = [];
afterEach(async () => {
  for (const one of cameras.splice(0)) await one();
}, LIMIT);

async function plug(port) {
  const sim = await plugCamera({ serial: '', port });
  cameras.push(() => sim.stop());
  return sim;
}

test(
  'a camera without serial number that is plugged in elsewhere is live again by itself, and its equal is let be',
  LIMIT,
  async () => {
    const [ours, other] = [await plugCamera({ serial: '', port: 1 }), await plug(2)];
    const { camera } = openCamera({ device: ours.node(), ...SMALL });
    cameras.unshift(() => camera.close());
    await until(camera, live);
    await ours.stop();
    await until(camera, failedWith('CAPTURE_DEVICE_GONE'));
    // It has been looked for, too, among those that are there.
    while (camera.status().failures.CAPTURE_DEVICE_GONE < 3) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(Object.keys(camera.status().failures), ['CAPTURE_DEVICE_GONE']);
    const moved = await plug(4);
    const { source } = await until(camera, live);
    assert.ok(source.startsWith(moved.node()) && !source.startsWith(other.node()), source);
    assert.equal((await take(camera, 1)).length, 1);
  },
);

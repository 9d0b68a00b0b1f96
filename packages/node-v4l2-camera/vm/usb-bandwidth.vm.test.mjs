import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { freeUsbBus, fullUsbBus, plugCamera } from '../../../tools/v4l2-vm/rig.mjs';

/** Starts what is asked for on its input, line by line, and lines with the outcome. */
const PROGRAM = `
  import { createInterface } from 'node:readline';
  import { V4l2Camera } from '${import.meta.resolve('node-v4l2-camera')}';
  for await (const line of createInterface({ input: process.stdin })) {
    const [path, fourcc, width, height, fps] = line.split(' ');
    const camera = V4l2Camera.open(path);
    try {
      camera.setFormat({ fourcc, width: Number(width), height: Number(height) });
      camera.setFrameInterval({ numerator: 1, denominator: Number(fps) });
      camera.start();
      console.log(camera.dequeue(10_000) ? 'a frame' : 'none');
    } catch ({ message }) {
      console.log(message);
    }
    camera.close();
  }
`;

describe('a USB bus without free bandwidth', () => {
  let sim;
  before(async () => {
    sim = await plugCamera();
  });
  after(() => sim.stop());

  async function withProgram(env, body) {
    const program = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
    await body(async (...settings) => {
      program.stdin.write(`${[sim.path, ...settings].join(' ')}\n`);
      return (await lines.next()).value;
    });
    program.stdin.end();
    assert.deepEqual(await once(program, 'close'), [0, null]);
  }
  const NO_BANDWIDTH =
    /not enough USB bandwidth: use MJPG, a smaller size, a lower frame rate.*VIDIOC_STREAMON: ENOSPC/;

  test('start fails for large frames, but not for small or compressed ones, and succeeds once there is bandwidth', async () => {
    const env = fullUsbBus({ maxBytes: 200_000 });
    await withProgram(env, async (start) => {
      assert.match(await start('YUYV', 640, 480, 30), NO_BANDWIDTH);
      assert.equal(await start('YUYV', 320, 240, 30), 'a frame');
      assert.equal(await start('MJPG', 640, 480, 30), 'a frame');
      assert.match(await start('MJPG', 1920, 1080, 30), NO_BANDWIDTH);
      freeUsbBus(env);
      assert.equal(await start('YUYV', 640, 480, 30), 'a frame');
    });
  });

  test('a lower frame rate of the same size fits', async () => {
    await withProgram(fullUsbBus({ maxBytesPerSecond: 10_000_000 }), async (start) => {
      assert.match(await start('YUYV', 640, 480, 30), NO_BANDWIDTH);
      assert.equal(await start('YUYV', 640, 480, 15), 'a frame');
    });
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fullUsbBus, plugCamera } from '../../../tools/v4l2-vm/rig.mjs';

const LIMIT = { timeout: 180_000 };

/** What a camera says first, and what it logged, in a program whose USB bus has so little room. */
async function begin(source, room) {
  const program = `
    const { startThread } = await import(${JSON.stringify(new URL('./thread.mjs', import.meta.url).href)});
    const thread = startThread(JSON.parse(process.argv[1]));
    const { label, fps, error } = await thread.begun;
    if (label) {
      thread.watch();
      const { format } = await thread.frame();
      await thread.stop();
      console.log(JSON.stringify({ label, fps, format, logged: thread.messages.filter(({ type }) => type === 'log') }));
    } else {
      console.log(JSON.stringify({ error }));
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(source)], {
    env: { ...process.env, ...fullUsbBus(room) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  await once(child, 'close');
  return JSON.parse(printed);
}

describe('on a full USB bus', () => {
  let sim;
  before(async () => {
    sim = await plugCamera();
  });
  after(() => sim.stop());
  const yuyv = () => ({ device: sim.path, fourcc: 'YUYV', size: { width: 640, height: 480 }, fps: 30 });

  test('a camera waits, and says what helps', LIMIT, async () => {
    const { error } = await begin(yuyv(), { maxBytes: 100_000 });
    assert.equal(error.code, 'CAPTURE_NO_BANDWIDTH');
    assert.match(error.message, /onNoBandwidth: fallback/);
  });

  test('a camera that may fall back takes JPEG of the same size, and says so once', LIMIT, async () => {
    const { label, format, logged } = await begin({ ...yuyv(), onNoBandwidth: 'fallback' }, { maxBytes: 100_000 });
    assert.deepEqual([format.fourcc, format.width, format.height], ['MJPG', 640, 480]);
    assert.match(label, /; 640x480 MJPG at 30 frames a second for want of USB bandwidth\)$/);
    const warnings = logged.filter(({ level }) => level === 'warn').map(({ message }) => message);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /no room for 640x480 YUYV at 30 frames a second: 640x480 MJPG/);
  });

  test('a camera that may fall back takes a lower rate when no size fits', LIMIT, async () => {
    const room = { maxBytesPerSecond: 320 * 240 * 2 * 6 };
    const { fps, format } = await begin(
      { device: sim.path, fourcc: 'YUYV', size: { width: 320, height: 240 }, onNoBandwidth: 'fallback' },
      room,
    );
    assert.ok(fps < 30, `${fps} frames a second`);
    assert.ok(format.width * format.height <= 640 * 480);
  });

  test('a camera that finds no room at all says what it was refused', LIMIT, async () => {
    const { error } = await begin({ ...yuyv(), onNoBandwidth: 'fallback' }, { maxBytes: 100 });
    assert.equal(error.code, 'CAPTURE_NO_BANDWIDTH');
    assert.match(error.message, /no room for 640x480 YUYV at 30 frames a second or anything smaller/);
  });
});

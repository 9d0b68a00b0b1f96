import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { inspectJpeg } from '@framehub/frame';
import { plugCamera, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { startThread } from './thread.mjs';

const LIMIT = { timeout: 180_000 };
const SMALL = { fourcc: 'YUYV', size: { width: 320, height: 240 } };

describe('a camera that streams small', () => {
  let sim;
  let thread;
  before(async () => {
    sim = await plugCamera();
  });
  afterEach(async () => {
    sim.send('normal');
    await thread.stop();
  });
  after(() => sim.stop());

  /** Watched, and with a first frame. */
  const start = async (source = SMALL, options = {}) => {
    thread = startThread({ device: sim.path, ...source }, options);
    const { type, error } = await thread.begun;
    assert.equal(type, 'opened', error?.message);
    thread.watch();
    return thread.frame();
  };
  const control = (name) => Number(/: (-?\d+)/.exec(v4l2ctl(sim.path, '-C', name))[1]);
  const sizeOf = ({ format: { fourcc, width, height } }) => `${width}x${height} ${fourcc}`;
  const dropped = (reason) =>
    thread.messages
      .filter(({ type }) => type === 'report')
      .reduce((sum, report) => sum + (report.dropped[reason] ?? 0), 0);

  for (const [size, width, height] of [
    ['max', 1920, 1080],
    [{ width: 1300, height: 700 }, 1280, 720],
  ]) {
    test(`gives a whole still of ${JSON.stringify(size)} and streams on`, LIMIT, async () => {
      const earlier = await start();
      assert.equal((await thread.ask({ type: 'set-controls', values: { brightness: 17 } })).type, 'reply');
      const { still, error } = await thread.ask({ type: 'still', size });
      assert.equal(error, undefined);
      const info = inspectJpeg(still.bytes);
      assert.deepEqual([info.fault, info.width, info.height], [undefined, width, height]);
      assert.equal(info.byteLength, still.bytes.length);
      assert.ok(still.bytes.buffer instanceof SharedArrayBuffer);
      assert.equal(sizeOf(still), `${width}x${height} MJPG`);
      const later = await thread.frame();
      assert.equal(sizeOf(later), '320x240 YUYV');
      assert.ok(earlier.sequence < still.sequence && still.sequence < later.sequence);
      assert.ok(earlier.capturedAt < still.capturedAt && still.capturedAt < later.capturedAt);
      assert.equal(control('brightness'), 17);
      assert.ok(!thread.messages.some(({ type }) => type === 'failed'));
    });
  }

  test('gives the next frame of the stream where that has the size already', LIMIT, async () => {
    await start({ size: { width: 1920, height: 1080 } });
    for (const size of ['max', { width: 1920, height: 1080 }])
      assert.equal((await thread.ask({ type: 'still', size })).still.format.width, 1920);
    await thread.frame();
  });

  test('gives stills to two who ask at a time, one after the other', LIMIT, async () => {
    await start();
    const both = [
      thread.ask({ type: 'still', size: 'max' }),
      thread.ask({ type: 'still', size: { width: 1280, height: 720 } }),
    ];
    const [max, other] = await Promise.all(both);
    assert.deepEqual([sizeOf(max.still), sizeOf(other.still)], ['1920x1080 MJPG', '1280x720 MJPG']);
    assert.ok(max.still.sequence < other.still.sequence);
    assert.equal(sizeOf(await thread.frame()), '320x240 YUYV');
  });

  test('leaves broken frames out', LIMIT, async () => {
    await start();
    // Nothing comes until the still's own stream runs, and then these.
    sim.send('stall 2');
    const asked = thread.ask({ type: 'still', size: 'max' });
    await thread.ask({ type: 'controls' });
    sim.send('truncate 6');
    const { still, error } = await asked;
    assert.equal(error, undefined);
    assert.equal(inspectJpeg(still.bytes).fault, undefined);
  });

  test('that gives no frame refuses within some seconds, and streams on once it can', LIMIT, async () => {
    await start();
    sim.send('stall');
    const { type, error } = await thread.ask({ type: 'still', size: 'max' });
    assert.equal(type, 'refusal');
    assert.equal(error.code, 'CAPTURE_STILL_FAILED');
    sim.send('normal');
    assert.equal(sizeOf(await thread.frame()), '320x240 YUYV');
    assert.ok(!thread.messages.some((message) => message.type === 'failed'), 'it has not stalled');
  });

  test('that is told to stop while it waits for a still, stops', LIMIT, async () => {
    await start();
    sim.send('stall');
    const asked = thread.ask({ type: 'still', size: 'max' });
    await thread.ask({ type: 'controls' });
    await thread.stop();
    assert.deepEqual(await Promise.race([asked, 'nothing']).then(({ error }) => error?.code), 'CAPTURE_CLOSED');
  });

  test('warms up anew after a still', LIMIT, async () => {
    await start(SMALL, { warmup: { frames: 3 } });
    assert.equal(dropped('warmup'), 3);
    const { still } = await thread.ask({ type: 'still', size: 'max' });
    assert.equal(sizeOf(still), '1920x1080 MJPG');
    await thread.frame();
    await thread.next(() => dropped('warmup') === 6);
  });

  test('that is pulled out meanwhile fails as always', LIMIT, async () => {
    await start();
    sim.send('stall');
    const asked = thread.ask({ type: 'still', size: 'max' });
    // Commands are done in order: it waits for the still by now.
    await thread.ask({ type: 'controls' });
    await sim.unplug();
    assert.equal((await asked).type, 'refusal');
    assert.equal((await thread.failed).error.code, 'CAPTURE_DEVICE_GONE');
    await thread.exited;
    await sim.plug();
  });

  test('tells what another program sets, and not what is set here', LIMIT, async () => {
    await start();
    await thread.ask({ type: 'set-controls', values: { brightness: 5 } });
    const noticed = thread.next(({ type }) => type === 'controls-changed');
    v4l2ctl(sim.path, '-c', 'contrast=31');
    const { changed, controls } = await noticed;
    assert.deepEqual(changed, ['contrast']);
    assert.equal(controls.find(({ name }) => name === 'contrast').value, 31);
  });
});

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { loadVivid, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { failedWith, live, openCamera, rises, take, takeUntil, until } from './helpers.mjs';
import { released } from './open-nodes.mjs';

/** Many times what the slowest takes; a hang has to end some time. */
const LIMIT = { timeout: 180_000 };
/** For tests in which nothing fails: no pause of a machine that has much to do is a stall. */
const PATIENT = { stallAfter: 120_000 };
const SOURCE = { fourcc: 'YUYV', size: { width: 640, height: 360 } };

describe('a driver that fails', () => {
  let vivid;
  let camera;
  let logged;
  before(async () => {
    vivid = await loadVivid();
  });
  afterEach(async () => {
    await camera.close();
    await released();
    inject('percentage_of_dropped_buffers=0,wrap_sequence_number=0,wrap_timestamp=0');
  }, LIMIT);
  after(() => vivid.unload());

  const inject = (settings) => v4l2ctl(vivid.path, '-c', settings);
  const open = (options) => {
    ({ camera, logged } = openCamera({ device: vivid.path, ...SOURCE }, options));
  };
  const openLive = async (options) => {
    open(options);
    await until(camera, live);
  };
  /** It says what is wrong, waits, and is back without anybody's help, once the cause is gone. */
  const failsAndComesBack = async (code, message, repair = () => {}) => {
    const { state, error } = await until(camera, failedWith(code));
    assert.equal(state, 'retrying');
    assert.match(error.message, message);
    repair();
    const back = await until(camera, live);
    assert.equal(back.error, undefined);
    assert.ok(back.restarts >= 1);
  };

  for (const [control, call] of [
    ['inject_vidioc_reqbufs_error', 'VIDIOC_REQBUFS'],
    ['inject_vidioc_qbuf_error', 'VIDIOC_QBUF'],
    ['inject_vidioc_streamon_error', 'VIDIOC_STREAMON'],
  ]) {
    test(`at its start, in ${call}, is told so, and tried again`, LIMIT, async () => {
      inject(`${control}=1`);
      open();
      await failsAndComesBack('CAPTURE_DEVICE_ERROR', new RegExp(`${call}: EINVAL`));
      assert.equal((await take(camera, 3)).length, 3);
    });
  }

  for (const [title, control, code, message] of [
    ['refuses a buffer', 'inject_vidioc_qbuf_error', 'CAPTURE_DEVICE_ERROR', /VIDIOC_QBUF: EINVAL/],
    ['cannot go on', 'inject_fatal_streaming_error', 'CAPTURE_DEVICE_ERROR', /VIDIOC_DQBUF: EIO/],
    ['loses its device while the node stays', 'disconnect', 'CAPTURE_DEVICE_GONE', /is not there/],
  ]) {
    test(`while it streams: ${title}; who watches sees new pictures again, in order`, LIMIT, async () => {
      await openLive();
      let enough = Number.POSITIVE_INFINITY;
      const watched = takeUntil(camera, (frames) => frames.length >= enough);
      inject(`${control}=1`);
      await failsAndComesBack(code, message);
      const capturedBefore = camera.status().frames.captured;
      enough = 0;
      const sequences = (await watched).map(({ sequence }) => sequence);
      assert.ok(rises(sequences), sequences.join());
      assert.ok(sequences.at(-1) >= capturedBefore - 1, `${sequences.at(-1)} is from before the failure`);
    });

    test(`while nobody watches: ${title}; it is noticed and healed all the same`, LIMIT, async () => {
      await openLive();
      inject(`${control}=1`);
      await failsAndComesBack(code, message);
      assert.equal((await take(camera, 3)).length, 3);
    });
  }

  test('gives no frames: a stall, until they come again', LIMIT, async () => {
    await openLive();
    inject('percentage_of_dropped_buffers=100');
    await failsAndComesBack('CAPTURE_STALLED', /no frame came/, () => inject('percentage_of_dropped_buffers=0'));
    assert.equal((await take(camera, 3)).length, 3);
  });

  test('loses some frames: they are counted, and that is all', LIMIT, async () => {
    inject('percentage_of_dropped_buffers=50');
    await openLive(PATIENT);
    const sequences = (await take(camera, 30)).map(({ sequence }) => sequence);
    assert.ok(rises(sequences), sequences.join());
    while (!camera.status().frames.dropped.lost) await take(camera, 1);
    const { state, restarts } = camera.status();
    assert.deepEqual([state, restarts], ['live', 0]);
  });

  test('marks a frame as damaged: it is counted and not shown, and that is all', LIMIT, async () => {
    await openLive(PATIENT);
    // Again and again, as a frame that came late is not looked at.
    while (!camera.status().frames.dropped['driver-error']) {
      inject('inject_v4l2_buf_flag_error=1');
      await take(camera, 1);
    }
    const { state, restarts } = camera.status();
    assert.deepEqual([state, restarts], ['live', 0]);
  });

  test(
    'stamps frames with a time far ahead: they have that of their arrival, and the log says so once',
    LIMIT,
    async () => {
      inject('wrap_timestamp=1');
      await openLive(PATIENT);
      const frames = await take(camera, 5);
      for (const { age } of frames) assert.ok(age > -1000 && age < 60_000, `${age}`);
      assert.equal(logged.filter((line) => line.includes('time stamps cannot be right')).length, 1, logged.join('\n'));
    },
  );

  test('counts frames beyond 32 bits: pictures stay in order, and no gap is seen', LIMIT, async () => {
    inject('wrap_sequence_number=1');
    await openLive(PATIENT);
    // The driver begins 128 frames before its counter is full.
    const frames = await takeUntil(camera, (all) => all.at(-1).sequence > all[0].sequence + 140);
    const sequences = frames.map(({ sequence }) => sequence);
    assert.ok(rises(sequences), sequences.join());
    assert.ok(sequences.at(-1) < 1000, sequences.join());
    const { state, restarts } = camera.status();
    assert.deepEqual([state, restarts], ['live', 0]);
  });
});

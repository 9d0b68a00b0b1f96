import { Counters } from '@framehub/frame';
import test from 'ava';
import type { ThreadMessage } from '../../messages.js';
import { CaptureTimes } from '../../thread/clock.js';
import { Outlet } from '../../thread/outlet.js';
import type { SourceFrame } from '../source.js';
import { jpegOf, truncatedJpeg } from '../test-jpegs.test.helper.js';
import { FakeCamera } from './fake-camera.test.helper.js';
import { FrameCount, FrameIntake, startStream } from './v4l2-stream.js';

const MJPG = { fourcc: 'MJPG', size: { width: 320, height: 240 }, interval: undefined, fps: undefined };
const SETTING = { fourcc: 'YUYV', size: { width: 4, height: 2 }, interval: undefined, fps: undefined };
const whole = (value: number) => ({ bytes: Buffer.alloc(16, value) });

type Frames = ConstructorParameters<typeof FakeCamera>[0] & object;
const intakeOf = (...frames: Frames) => intakeWith(SETTING, frames);

function intakeWith(setting: typeof SETTING, frames: Frames) {
  const camera = new FakeCamera(frames);
  const given: [sequence: number, value: number | undefined][] = [];
  const lengths: number[] = [];
  const stamps: number[] = [];
  const logged: string[] = [];
  const dropped = new Counters();
  const host = {
    frame: ({ bytes, sequence, capturedAt }: SourceFrame) => {
      stamps.push(capturedAt);
      lengths.push(bytes.length);
      return given.push([sequence, bytes[0]]) > 0;
    },
    drop: (reason: string, count?: number) => dropped.add(reason, count),
    log: (_level: string, message: string) => logged.push(message),
  };
  const stream = startStream(camera, setting, 4);
  const intake = new FrameIntake(camera, host, stream, { count: new FrameCount(0), times: new CaptureTimes(host) });
  return { intake, camera, given, lengths, dropped, logged, stamps, stream };
}

test('of frames that have queued up the newest is passed on, and the others are counted', (t) => {
  const { intake, camera, given, dropped } = intakeOf(whole(1), whole(2), whole(3));
  intake.takeNewest(0);
  t.deepEqual(
    given.map(([, value]) => value),
    [3],
  );
  t.deepEqual(dropped.toJSON(), { late: 2 });
  t.is(camera.lent, 0);
});

test('takeAll passes all of them on', (t) => {
  const { intake, camera, given } = intakeOf(whole(1), whole(2), whole(3));
  intake.takeAll();
  t.deepEqual(given, [
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  t.is(camera.lent, 0);
});

test('unusable frames are counted by their fault, and so are frames that the driver lost', (t) => {
  const { intake, camera, given, dropped } = intakeOf(
    whole(1),
    { ...whole(2), error: true },
    { bytes: Buffer.alloc(0) },
    { bytes: Buffer.alloc(15) },
    { ...whole(5), sequence: 7 },
  );
  intake.takeAll();
  t.deepEqual(given, [
    [0, 1],
    [7, 5],
  ]);
  t.deepEqual(dropped.toJSON(), { 'driver-error': 1, empty: 1, short: 1, lost: 3 });
  t.is(camera.lent, 0);
});

test('a JPEG that is cut or without a scan, or no JPEG, is not delivered and does not make the camera live', (t) => {
  const frames = [
    { bytes: truncatedJpeg(1) },
    { bytes: Buffer.alloc(5000, 0x5a) },
    { bytes: jpegOf(2).subarray(0, 100) },
    { bytes: jpegOf(3) },
  ];
  for (const demand of [0, 1]) {
    const camera = new FakeCamera(frames);
    const posted: ThreadMessage[] = [];
    const outlet = new Outlet((message) => posted.push(message));
    outlet.demand = demand;
    const stream = startStream(camera, MJPG, 4);
    const times = new CaptureTimes({ log: () => t.fail() });
    new FrameIntake(camera, outlet, stream, { count: new FrameCount(0), times }).takeAll();
    t.is(posted.filter(({ type }) => type === 'frame').length, demand);
    t.deepEqual(outlet.faults, {});
    outlet.report(false);
    const reports = posted.flatMap((message) => (message.type === 'report' ? [message] : []));
    t.like(reports[0], { captured: 1, sequence: 3, dropped: { truncated: 2, 'not-jpeg': 1 } });
    t.is(camera.lent, 0);
  }
});

test('frames whose time stamps cannot be right get the time of their arrival, which is logged once', (t) => {
  const { intake, given, logged, stamps } = intakeOf({ ...whole(1), timestampUs: 0 }, { ...whole(2), timestampUs: 0 });
  intake.takeAll();
  t.is(given.length, 2);
  for (const capturedAt of stamps) t.true(Math.abs(capturedAt - Date.now()) < 5000);
  t.is(logged.length, 1);
});

test('after a restart of the stream nothing is lost, and sequences go on rising', (t) => {
  const { intake, camera, given, dropped, stream } = intakeOf({ ...whole(1), sequence: 900 });
  intake.takeAll();
  camera.add({ ...whole(2), sequence: 3 }, whole(3));
  intake.restart(stream);
  intake.takeAll();
  t.deepEqual(given, [
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  t.deepEqual(dropped.toJSON(), {});
});

test('bytes that a driver leaves behind a raw frame are not passed on', (t) => {
  const { intake, lengths } = intakeOf({ bytes: Buffer.alloc(100_000, 1) });
  intake.takeAll();
  t.deepEqual(lengths, [16]);
});

test('a JPEG of more than 32 MiB is dropped', (t) => {
  const { intake, given, dropped } = intakeWith(MJPG, [{ bytes: Buffer.alloc(32 * 1024 * 1024 + 1) }]);
  intake.takeAll();
  t.deepEqual(given, []);
  t.deepEqual(dropped.toJSON(), { oversized: 1 });
});

for (const [width, height] of [
  [65_535, 65_535],
  [8192, 8193],
  [0, 480],
])
  test(`a camera that answers with ${width}x${height} is not started`, (t) => {
    const camera = new FakeCamera();
    const setting = { ...SETTING, size: { width: width as number, height: height as number } };
    const error = t.throws(() => startStream(camera, setting, 4), { code: 'CAPTURE_FORMAT_TOO_LARGE' });
    t.true(error.message.includes(`${width}x${height}`));
    t.false(camera.told.includes('start'));
  });

test('nor is one whose lines are longer than its frames could need', (t) => {
  const camera = new FakeCamera();
  const long = {
    ...camera,
    setFormat: (request: Parameters<FakeCamera['setFormat']>[0]) => ({
      ...camera.setFormat(request),
      bytesPerLine: 0x7fff_ffff,
    }),
    setFrameInterval: (interval: Parameters<FakeCamera['setFrameInterval']>[0]) => interval,
    start: () => t.fail(),
  };
  t.throws(() => startStream(long, SETTING, 4), { code: 'CAPTURE_FORMAT_TOO_LARGE' });
});

test("a driver's count is continued, and its gaps are frames lost", (t) => {
  const count = new FrameCount(100);
  t.deepEqual(
    [7, 8, 11].map((of) => count.take(of)),
    [
      { sequence: 100, lost: 0 },
      { sequence: 101, lost: 0 },
      { sequence: 104, lost: 2 },
    ],
  );
});

test('frames of a driver that does not count are counted', (t) => {
  const count = new FrameCount(0);
  t.deepEqual(
    [0, 0, 0].map((of) => count.take(of).sequence),
    [0, 1, 2],
  );
});

test('a driver that begins anew loses nothing, and sequences go on rising', (t) => {
  const count = new FrameCount(0);
  for (const of of [500, 501]) count.take(of);
  count.restart();
  t.deepEqual(count.take(3), { sequence: 2, lost: 0 });
  t.deepEqual(count.take(5), { sequence: 4, lost: 1 });
});

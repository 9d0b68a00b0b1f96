import test from 'ava';
import type { FormatDescription, FrameInterval } from 'node-v4l2-camera';
import { negotiate } from './negotiate.js';

const every = (...rates: number[]): FrameInterval[] =>
  rates.map((denominator) => ({ type: 'discrete', numerator: 1, denominator }));

const size = (width: number, height: number, ...rates: number[]) =>
  ({ type: 'discrete', width, height, intervals: every(...rates) }) as const;

const format = (fourcc: string, ...sizes: FormatDescription['sizes']) => ({ fourcc, sizes });

const webcam = [
  format('YUYV', size(640, 480, 30, 15), size(1280, 720, 10)),
  format('MJPG', size(1920, 1080, 30, 15, 5), size(1280, 720, 60, 30, 24, 15), size(640, 480, 30)),
];

test('without a request: JPEG, the largest size, the highest rate', (t) => {
  const { fourcc, size: chosen, fps, notes } = negotiate(webcam, {});
  t.deepEqual(
    { fourcc, size: chosen, fps, notes },
    { fourcc: 'MJPG', size: { width: 1920, height: 1080 }, fps: 30, notes: [] },
  );
});

test('the requested format is used when the camera has it, by any of its names', (t) => {
  t.is(negotiate(webcam, { fourcc: 'YUYV' }).fourcc, 'YUYV');
  t.is(negotiate(webcam, { fourcc: 'yuy2' }).fourcc, 'YUYV');
});

test('a format that the camera lacks becomes its best one, with a note', (t) => {
  const { fourcc, notes } = negotiate(webcam, { fourcc: 'NV12' });
  t.is(fourcc, 'MJPG');
  t.deepEqual(notes, ['the camera has no NV12: MJPG is used (it has MJPG, YUYV)']);
});

test('without JPEG a raw format is taken', (t) => {
  const camera = [
    format('H264', size(1920, 1080, 30)),
    format('GREY', size(640, 480, 30)),
    format('UYVY', size(320, 240, 30)),
  ];
  t.is(negotiate(camera, {}).fourcc, 'UYVY');
});

test('a camera without a readable format is an error that lists what it has', (t) => {
  const error = t.throws(() => negotiate([format('H264', size(1920, 1080, 30))], {}), {
    code: 'CAPTURE_FORMAT_UNREADABLE',
  });
  t.regex(error.message, /H264/);
  t.throws(() => negotiate([], {}), { code: 'CAPTURE_FORMAT_UNREADABLE' });
});

test('a size that the camera lacks becomes the next lower one, with a note', (t) => {
  const { size: chosen, notes } = negotiate(webcam, { size: { width: 1640, height: 1232 } });
  t.deepEqual(chosen, { width: 1280, height: 720 });
  t.is(notes.length, 1);
  t.regex(notes[0] ?? '', /no 1640x1232.*1280x720/);
});

test('lower means larger in neither dimension', (t) => {
  t.deepEqual(negotiate(webcam, { size: { width: 4000, height: 700 } }).size, { width: 640, height: 480 });
});

test('when nothing is lower, the smallest is used, with a note', (t) => {
  const { size: chosen, notes } = negotiate(webcam, { size: { width: 320, height: 240 } });
  t.deepEqual(chosen, { width: 640, height: 480 });
  t.regex(notes[0] ?? '', /its smallest/);
});

test('the lowest rate that is high enough is chosen', (t) => {
  const at720 = { size: { width: 1280, height: 720 } };
  t.is(negotiate(webcam, { ...at720, fps: 24 }).fps, 24);
  t.is(negotiate(webcam, { ...at720, fps: 25 }).fps, 30);
  t.is(negotiate(webcam, { ...at720, fps: 1 }).fps, 15);
});

test('a lower camera rate wins, with a note', (t) => {
  const { fps, notes } = negotiate(webcam, { fps: 60 });
  t.is(fps, 30);
  t.regex(notes[0] ?? '', /at most 30 frames a second at this size, not 60/);
});

test('29.97 passes for 30, and is set as the fraction it is', (t) => {
  const ntsc = { type: 'discrete', numerator: 1001, denominator: 30_000 } as const;
  const camera = [format('MJPG', { type: 'discrete', width: 720, height: 480, intervals: [...every(60), ntsc] })];
  const { interval, notes } = negotiate(camera, { fps: 30 });
  t.deepEqual(interval, { numerator: 1001, denominator: 30_000 });
  t.deepEqual(notes, []);
});

const ranged = [
  format('YUYV', {
    type: 'stepwise',
    minWidth: 32,
    maxWidth: 2592,
    stepWidth: 16,
    minHeight: 32,
    maxHeight: 1944,
    stepHeight: 8,
  }),
];

test('a range of sizes gives its largest, and requests are rounded down to its steps', (t) => {
  t.deepEqual(negotiate(ranged, {}).size, { width: 2592, height: 1944 });
  t.deepEqual(negotiate(ranged, { size: { width: 1280, height: 720 } }).size, { width: 1280, height: 720 });
  t.deepEqual(negotiate(ranged, { size: { width: 1290, height: 725 } }).size, { width: 1280, height: 720 });
  t.deepEqual(negotiate(ranged, { size: { width: 10, height: 10 } }).size, { width: 32, height: 32 });
});

test('rates of a size within a range are queried, and a range of rates fits every request within', (t) => {
  const range: FrameInterval = {
    type: 'continuous',
    min: { numerator: 1, denominator: 60 },
    max: { numerator: 1, denominator: 2 },
    step: { numerator: 1, denominator: 1 },
  };
  const asked: string[] = [];
  const choose = (fps?: number) =>
    negotiate(ranged, fps === undefined ? {} : { fps }, (fourcc, { width, height }) => {
      asked.push(`${fourcc} ${width}x${height}`);
      return [range];
    }).fps;
  t.is(choose(), 60);
  t.is(choose(24), 24);
  t.is(choose(12.5), 12.5);
  t.is(choose(1), 2);
  t.is(choose(100), 60);
  t.is(asked[0], 'YUYV 2592x1944');
});

test('a driver that lists no rates is asked for the requested one', (t) => {
  const silent = [format('MJPG', { type: 'discrete', width: 640, height: 480, intervals: [] })];
  t.deepEqual(negotiate(silent, { fps: 25 }).interval, { numerator: 1, denominator: 25 });
  t.is(negotiate(silent, {}).interval, undefined);
});

test('a driver that lists no sizes is asked for the requested one', (t) => {
  t.deepEqual(negotiate([format('MJPG')], { size: { width: 800, height: 600 } }).size, { width: 800, height: 600 });
});

test('a size above 64 megapixels is not used while there is a smaller one', (t) => {
  const claiming = [format('MJPG', size(65_535, 65_535, 30), size(8192, 8193, 30), size(640, 480, 30), size(0, 0, 30))];
  t.deepEqual(negotiate(claiming, {}).size, { width: 640, height: 480 });
  t.deepEqual(negotiate(claiming, { size: { width: 65_535, height: 65_535 } }).size, { width: 640, height: 480 });
});

test('of a range that goes beyond that, the largest is taken that does not', (t) => {
  const range = { minWidth: 16, maxWidth: 65_535, stepWidth: 16, minHeight: 16, maxHeight: 65_535, stepHeight: 16 };
  t.deepEqual(negotiate([format('YUYV', { type: 'stepwise', ...range })], {}).size, { width: 8192, height: 8192 });
});

import test from 'ava';
import type { FormatDescription } from 'node-v4l2-camera';
import { type Streamed, stillSetting } from './still-setting.js';

const size = (width: number, height: number, ...rates: number[]) =>
  ({
    type: 'discrete',
    width,
    height,
    intervals: rates.map((denominator) => ({ type: 'discrete', numerator: 1, denominator }) as const),
  }) as const;

const format = (fourcc: string, ...sizes: FormatDescription['sizes']) => ({ fourcc, sizes });

const webcam = [
  format('YUYV', size(640, 480, 30), size(320, 240, 30)),
  format('MJPG', size(1920, 1080, 30, 15, 5), size(1280, 720, 30), size(640, 480, 30)),
];
const small: Streamed = { fourcc: 'YUYV', size: { width: 640, height: 480 }, fps: 15 };

const chosen = (formats: typeof webcam, wish: Parameters<typeof stillSetting>[1], streamed = small) => {
  const setting = stillSetting(formats, wish, streamed, () => []);
  return setting && { fourcc: setting.fourcc, ...setting.size, fps: setting.fps };
};

test('max is the largest JPEG, not slower than the stream', (t) => {
  t.deepEqual(chosen(webcam, 'max'), { fourcc: 'MJPG', width: 1920, height: 1080, fps: 15 });
});

test('a size is the nearest that there is, smaller or larger', (t) => {
  t.like(chosen(webcam, { width: 1280, height: 720 }), { width: 1280, height: 720 });
  t.like(chosen(webcam, { width: 1200, height: 700 }), { width: 1280, height: 720 });
  t.like(chosen(webcam, { width: 9000, height: 9000 }), { width: 1920, height: 1080 });
});

test('what streams already needs no other setting', (t) => {
  t.is(chosen(webcam, { width: 640, height: 480 }), undefined);
  t.is(chosen(webcam, { width: 600, height: 500 }), undefined, 'the nearest streams');
  t.is(chosen([format('GREY', size(640, 480, 30))], 'max'), undefined);
});

test('a camera without JPEG gives a still in the format that it streams', (t) => {
  const raw = [format('NV12', size(1280, 720, 30)), format('YUYV', size(640, 480, 30), size(1024, 768, 5))];
  t.deepEqual(chosen(raw, 'max'), { fourcc: 'YUYV', width: 1024, height: 768, fps: 5 });
});

test('within a range of sizes the wish is taken, rounded down to its steps', (t) => {
  const range = {
    type: 'stepwise',
    minWidth: 32,
    maxWidth: 2592,
    stepWidth: 16,
    minHeight: 32,
    maxHeight: 1944,
    stepHeight: 8,
  } as const;
  t.like(chosen([format('YUYV', range)], { width: 1290, height: 725 }), { width: 1280, height: 720 });
  t.like(chosen([format('YUYV', range)], 'max'), { width: 2592, height: 1944 });
});

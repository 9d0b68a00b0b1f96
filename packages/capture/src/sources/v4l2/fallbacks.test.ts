import test from 'ava';
import type { FormatDescription } from 'node-v4l2-camera';
import { type FormatRequest, negotiate } from '../../negotiate.js';
import { fallbacks } from './start-camera.js';
import { settingText } from './v4l2-stream.js';

const size = (width: number, height: number, ...rates: number[]) =>
  ({
    type: 'discrete',
    width,
    height,
    intervals: rates.map((denominator) => ({ type: 'discrete', numerator: 1, denominator }) as const),
  }) as const;

const format = (fourcc: string, ...sizes: FormatDescription['sizes']) => ({ fourcc, sizes });

const SIZES = [size(1280, 720, 30, 15, 5), size(640, 480, 30, 15, 5), size(320, 240, 30, 15, 5)];

/** What is tried after a request was refused. */
function tried(formats: Parameters<typeof negotiate>[0], request: FormatRequest): string[] {
  const none = () => [];
  const settings = fallbacks(formats, negotiate(formats, request), request.fps, none);
  return settings.map((setting) => `${settingText(setting)} ${setting.fps ?? '?'}`);
}

test('JPEG of the same size comes first, then smaller sizes as JPEG and as requested, then lower rates of the smallest', (t) => {
  const webcam = [format('YUYV', ...SIZES), format('MJPG', ...SIZES)];
  t.deepEqual(tried(webcam, { fourcc: 'YUYV', size: { width: 1280, height: 720 }, fps: 24 }), [
    '1280x720 MJPG 30',
    '640x480 MJPG 30',
    '640x480 YUYV 30',
    '320x240 MJPG 30',
    '320x240 YUYV 30',
    '320x240 MJPG 15',
    '320x240 MJPG 5',
    '320x240 YUYV 15',
    '320x240 YUYV 5',
  ]);
});

test('what JPEG cannot have of the size it has of the next smaller', (t) => {
  const webcam = [format('YUYV', size(1280, 720, 10)), format('MJPG', size(640, 480, 30))];
  t.deepEqual(tried(webcam, { fourcc: 'YUYV' }), ['640x480 MJPG 30']);
});

test('a camera without JPEG falls to smaller sizes and lower rates, never to larger ones', (t) => {
  t.deepEqual(tried([format('YUYV', ...SIZES)], { size: { width: 640, height: 480 } }), [
    '320x240 YUYV 30',
    '320x240 YUYV 15',
    '320x240 YUYV 5',
  ]);
});

test('when the smallest JPEG at the lowest rate was refused, nothing is left', (t) => {
  t.deepEqual(tried([format('MJPG', size(320, 240, 5))], {}), []);
});

test('of a camera with a range of sizes, or with very many, a few are tried', (t) => {
  const range = {
    type: 'stepwise',
    minWidth: 32,
    maxWidth: 2592,
    stepWidth: 16,
    minHeight: 32,
    maxHeight: 1944,
    stepHeight: 8,
  } as const;
  t.deepEqual(tried([format('YUYV', range)], {}), [
    '1936x1456 YUYV ?',
    '1296x968 YUYV ?',
    '640x480 YUYV ?',
    '320x240 YUYV ?',
  ]);
  const many = Array.from({ length: 100 }, (_, i) => size(1920 - 16 * i, 1080 - 9 * i, 30, 25, 20, 15, 10, 5));
  t.true(tried([format('YUYV', ...many), format('MJPG', ...many)], { fourcc: 'YUYV' }).length <= 15);
});

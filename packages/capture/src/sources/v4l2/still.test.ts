import test from 'ava';
import type { FormatDescription } from 'node-v4l2-camera';
import type { WarmUp } from '../../options.js';
import { CaptureTimes } from '../../thread/clock.js';
import { jpegOf, truncatedJpeg } from '../test-jpegs.test.helper.js';
import { FakeCamera } from './fake-camera.test.helper.js';
import { type StillParts, type Streamed, stillSetting, takeStill } from './still.js';
import { FrameCount } from './v4l2-stream.js';

const JPEG = { fourcc: 'MJPG', size: { width: 320, height: 240 }, interval: undefined, fps: undefined };
const RAW = { ...JPEG, fourcc: 'YUYV', size: { width: 4, height: 2 } };

/** A clock that moves by so much with each turn of the event loop. */
function parts(camera: FakeCamera, warmup?: WarmUp, eachTurn = 10): StillParts {
  let now = 0;
  const turn = async (): Promise<void> => {
    now += eachTurn;
  };
  return {
    camera,
    warmup,
    turn,
    now: () => now,
    count: new FrameCount(40),
    times: new CaptureTimes({ log: () => {} }),
    buffers: 4,
  };
}

const jpegs = (count: number) => Array.from({ length: count }, (_, i) => ({ bytes: jpegOf(i) }));

test('the third frame is taken, in memory that crosses threads, and no buffer is kept', async (t) => {
  const camera = new FakeCamera(jpegs(5));
  const { bytes, format, sequence, capturedAt } = await takeStill(JPEG, parts(camera));
  t.deepEqual(camera.told, ['320x240 MJPG', 'start']);
  t.true(bytes.buffer instanceof SharedArrayBuffer);
  t.deepEqual(Buffer.from(bytes), jpegOf(2));
  t.like(format, { fourcc: 'MJPG', width: 320, height: 240 });
  t.is(sequence, 40);
  t.true(Math.abs(capturedAt - Date.now()) < 5000);
  t.is(camera.lent, 0);
});

test('the warm-up of the camera holds for stills, too', async (t) => {
  const { bytes } = await takeStill(JPEG, parts(new FakeCamera(jpegs(5)), { frames: 4 }));
  t.deepEqual(Buffer.from(bytes), jpegOf(4));
  const timed = await takeStill(JPEG, parts(new FakeCamera(jpegs(5)), { milliseconds: 25 }));
  t.deepEqual(Buffer.from(timed.bytes), jpegOf(3));
});

test('a long warm-up is cut short after two seconds', async (t) => {
  const { bytes } = await takeStill(JPEG, parts(new FakeCamera(jpegs(9)), { frames: 500 }, 500));
  t.deepEqual(Buffer.from(bytes), jpegOf(4));
});

test('broken frames are left out', async (t) => {
  const broken = [
    { bytes: truncatedJpeg(3) },
    { bytes: Buffer.from('not an image') },
    { bytes: Buffer.alloc(0) },
    { bytes: jpegOf(4), error: true },
  ];
  const camera = new FakeCamera([...jpegs(2), ...broken, { bytes: jpegOf(7) }]);
  const { bytes } = await takeStill(JPEG, parts(camera));
  t.deepEqual(Buffer.from(bytes), jpegOf(7));
  t.is(camera.lent, 0);
});

test('what a camera pads its JPEGs with is left out', async (t) => {
  const padded = { bytes: Buffer.concat([jpegOf(1), Buffer.alloc(100)]) };
  const { bytes } = await takeStill(JPEG, parts(new FakeCamera([padded]), { frames: 0 }));
  t.deepEqual(Buffer.from(bytes), jpegOf(1));
});

test('a raw frame has to have all its bytes', async (t) => {
  const [short, whole] = [Buffer.alloc(15, 1), Buffer.alloc(16, 2)];
  const camera = new FakeCamera([{ bytes: short }, { bytes: whole }]);
  const { bytes, format } = await takeStill(RAW, parts(camera, { frames: 0 }));
  t.deepEqual(Buffer.from(bytes), whole);
  t.like(format, { fourcc: 'YUYV', stride: 8 });
});

test('no whole frame within four seconds is an error that names the size', async (t) => {
  const error = await t.throwsAsync(takeStill(JPEG, parts(new FakeCamera(), undefined, 100)), {
    code: 'CAPTURE_STILL_FAILED',
  });
  t.regex(error?.message ?? '', /320x240 MJPG within 4 s/);
});

test('a source that is closed meanwhile ends it', async (t) => {
  const closing = new Error('closed');
  const closed = { ...parts(new FakeCamera()), turn: () => Promise.reject(closing) };
  t.is(await t.throwsAsync(takeStill(JPEG, closed)), closing);
});

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

const chosen = (formats: typeof webcam, request: Parameters<typeof stillSetting>[1], streamed = small) => {
  const setting = stillSetting(formats, request, streamed, () => []);
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

test('within a range of sizes the requested size is used, rounded down to its steps', (t) => {
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

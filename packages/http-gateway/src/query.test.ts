import test from 'ava';
import { readSnapshotOptions, readStreamOptions } from './query.js';

test('without parameters a viewer gets every frame unchanged', (t) => {
  t.deepEqual(readStreamOptions({ '1700000000': '', cacheBust: '1', unknown: 'x' }), {
    rendition: {},
    fps: Number.POSITIVE_INFINITY,
    extraHeaders: false,
    advanceHeaders: false,
    dualFinalFrames: false,
    zeroData: false,
    key: undefined,
  });
});

test('every parameter is read', (t) => {
  const query = {
    ...{ fps: '12.5', width: '640', quality: '60', rotate: '90', flip: 'none' },
    ...{ extra_headers: '1', advance_headers: 'true', dual_final_frames: 'yes', zero_data: '0', key: 'a-b' },
  };
  t.deepEqual(readStreamOptions(query), {
    rendition: { rotate: 90, width: 640, quality: 60 },
    fps: 12.5,
    extraHeaders: true,
    advanceHeaders: true,
    dualFinalFrames: true,
    zeroData: false,
    key: 'a-b',
  });
});

test("by default a snapshot may be half a second old, and waits for the gateway's timeout", (t) => {
  t.deepEqual(readSnapshotOptions({}, 1800, 33), {
    rendition: {},
    size: undefined,
    allowPlaceholder: false,
    maxAge: 500,
    timeout: 1800,
  });
  t.like(readSnapshotOptions({ max_age: '0', timeout: '30000', placeholder: '1' }, 1800, 33), {
    allowPlaceholder: true,
    maxAge: 0,
    timeout: 30_000,
  });
});

test('a still is requested by its size, and waited for longer', (t) => {
  t.like(readSnapshotOptions({ size: 'max' }, 1800, 33), { size: 'max', timeout: 10_000 });
  t.like(readSnapshotOptions({ size: '1920x1080', timeout: '500', rotate: '90' }, 1800, 33), {
    size: { width: 1920, height: 1080 },
    timeout: 500,
    rendition: { rotate: 90 },
  });
});

test('the snapshot of a slow camera may be as old as its frame interval, and is waited for as long', (t) => {
  t.like(readSnapshotOptions({}, 1800, 4000), { maxAge: 6000, timeout: 8000 });
  t.like(readSnapshotOptions({ max_age: '0', timeout: '100' }, 1800, 4000), { maxAge: 0, timeout: 100 });
  t.like(readSnapshotOptions({}, 1800, 60_000), { timeout: 30_000 });
});

const ABSURD: readonly (readonly [key: string, value: string])[] = [
  ['fps', '0'],
  ['fps', '-5'],
  ['fps', 'fast'],
  ['fps', '1e9'],
  ['fps', '99999999999999999999'],
  ['width', '1'],
  ['width', '1000000'],
  ['quality', '0'],
  ['quality', '101'],
  ['rotate', '45'],
  ['flip', 'sideways'],
  ['extra_headers', 'maybe'],
  ['key', 'a\r\nSet-Cookie: b'],
  ['key', 'x'.repeat(65)],
];

for (const [key, value] of ABSURD) {
  test(`${key}=${JSON.stringify(value).slice(0, 30)} is refused by name`, (t) => {
    const error = t.throws(() => readStreamOptions({ [key]: value }));
    t.regex(error?.message ?? '', new RegExp(`^${key} must be [^\r\n]*, not [^\r\n]*$`));
  });
}

for (const [key, value] of [
  ['max_age', '-1'],
  ['max_age', 'now'],
  ['timeout', '0'],
  ['timeout', '30001'],
  ['size', ''],
  ['size', 'large'],
  ['size', '1920'],
  ['size', '1920x'],
  ['size', '8x8'],
  ['size', '9000x1000'],
  ['size', '-1920x1080'],
  ['placeholder', 'please'],
] as const) {
  test(`${key}=${value} is refused by name`, (t) => {
    t.throws(() => readSnapshotOptions({ [key]: value }, 1800, 33), { message: new RegExp(`^${key} must be `) });
  });
}

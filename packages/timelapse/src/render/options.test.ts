import type { FramehubError } from '@framehub/frame';
import test from 'ava';
import { frameRateOf, type RenderOptions, readRenderOptions } from './options.js';

const PLAIN: RenderOptions = { folder: 'snapshots', output: 'film.mp4' };

test('the file name extension determines the container', (t) => {
  const kinds = ['a.mp4', 'A.MP4', 'a.m4v', 'a.mov', 'a.mkv', 'a.avi'].map(
    (output) => readRenderOptions({ ...PLAIN, output }).container,
  );
  t.deepEqual(kinds, ['mp4', 'mp4', 'mp4', 'mov', 'matroska', 'avi']);
});

test('a day lasts from midnight to midnight, local time', (t) => {
  const { from, to } = readRenderOptions({ ...PLAIN, from: '2026-11-24', to: '2026-11-24' });
  t.is(from, new Date(2026, 10, 24).getTime());
  t.is(to, new Date(2026, 10, 25).getTime() - 1);
});

test('frame rates are the fractions that films have', (t) => {
  t.deepEqual(frameRateOf(25), { rate: 25, scale: 1 });
  t.deepEqual(frameRateOf(29.97), { rate: 30_000, scale: 1001 });
  t.deepEqual(frameRateOf(23.976), { rate: 24_000, scale: 1001 });
  t.deepEqual(frameRateOf(59.94), { rate: 60_000, scale: 1001 });
  t.deepEqual(frameRateOf(12.5), { rate: 12_500, scale: 1000 });
  t.deepEqual(frameRateOf(0.1), { rate: 100, scale: 1000 });
});

test('a time may have a zone', (t) => {
  t.is(readRenderOptions({ ...PLAIN, from: '2026-11-24T12:00:00Z' }).from, Date.UTC(2026, 10, 24, 12));
  t.is(readRenderOptions({ ...PLAIN, to: '2026-11-24T12:00' }).to, new Date(2026, 10, 24, 12).getTime());
});

const wrong: readonly [Partial<RenderOptions>, RegExp][] = [
  [{ output: 'film' }, /^output must be a file that ends with \.mp4, \.m4v, \.mov, \.mkv or \.avi, not film$/],
  [{ output: 'film.gif' }, /^output must be .*, not film\.gif$/],
  [{ fps: 0 }, /^fps must be a number from 0\.1 to 240, not 0$/],
  [{ fps: Number.NaN }, /^fps must be .*, not NaN$/],
  [{ fps: 241 }, /^fps must be .*, not 241$/],
  [{ width: 15 }, /^width must be a whole number from 16 to 8192, not 15$/],
  [{ width: 640.5 }, /^width must be .*, not 640\.5$/],
  [{ from: 'yesterday' }, /^from must be a time such as 2026-11-24 or 2026-11-24T18:00, not yesterday$/],
  [{ to: '2026-13-01' }, /^to must be .*, not 2026-13-01$/],
];

for (const [change, message] of wrong) {
  test(`a clear message for ${Object.entries(change).join()}`, (t) => {
    const error = t.throws<FramehubError>(() => readRenderOptions({ ...PLAIN, ...change }));
    t.is(error?.code, 'TIMELAPSE_INVALID_OPTION');
    t.regex(error?.message ?? '', message);
  });
}

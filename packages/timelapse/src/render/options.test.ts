import type { FramehubError } from '@framehub/frame';
import test from 'ava';
import { type RenderOptions, readRenderOptions } from './options.js';

const PLAIN: RenderOptions = { folder: 'pictures', output: 'film.mp4' };

test('the name of the film says what kind it is', (t) => {
  const kinds = ['a.mp4', 'A.MP4', 'a.m4v', 'a.mov', 'a.mkv', 'a.avi'].map(
    (output) => readRenderOptions({ ...PLAIN, output }).container,
  );
  t.deepEqual(kinds, ['mp4', 'mp4', 'mp4', 'mov', 'matroska', 'own']);
});

test('a day is meant from its morning to its evening, where we are', (t) => {
  const { from, to } = readRenderOptions({ ...PLAIN, from: '2026-11-24', to: '2026-11-24' });
  t.is(from, new Date(2026, 10, 24).getTime());
  t.is(to, new Date(2026, 10, 25).getTime() - 1);
});

test('a time may have a zone', (t) => {
  t.is(readRenderOptions({ ...PLAIN, from: '2026-11-24T12:00:00Z' }).from, Date.UTC(2026, 10, 24, 12));
  t.is(readRenderOptions({ ...PLAIN, to: '2026-11-24T12:00' }).to, new Date(2026, 10, 24, 12).getTime());
});

const wrong: readonly [Partial<RenderOptions>, RegExp][] = [
  [
    { output: 'film' },
    /^output film is not possible: allowed is a file that ends with \.mp4, \.m4v, \.mov, \.mkv, \.avi$/,
  ],
  [{ output: 'film.gif' }, /^output film.gif is not possible/],
  [{ fps: 0 }, /^fps 0 is not possible: allowed is a number from 0.1 to 240$/],
  [{ fps: Number.NaN }, /^fps NaN is not possible/],
  [{ fps: 241 }, /^fps 241 is not possible/],
  [{ width: 15 }, /^width 15 is not possible: allowed is a whole number from 16 to 8192$/],
  [{ width: 640.5 }, /^width 640.5 is not possible/],
  [{ from: 'yesterday' }, /^from yesterday is not possible: allowed is a time such as 2026-11-24 or 2026-11-24T18:00$/],
  [{ to: '2026-13-01' }, /^to 2026-13-01 is not possible/],
];

for (const [change, message] of wrong) {
  test(`one clear line for ${Object.entries(change).join()}`, (t) => {
    const error = t.throws<FramehubError>(() => readRenderOptions({ ...PLAIN, ...change }));
    t.is(error?.code, 'TIMELAPSE_INVALID_OPTION');
    t.regex(error?.message ?? '', message);
  });
}

import test from 'ava';
import { type EncoderOptions, settingsFrom } from './options.js';

test('defaults', (t) => {
  const { threads, logger: _, ...others } = settingsFrom({});
  t.deepEqual(others, {
    codec: 'auto',
    library: undefined,
    quality: 80,
    subsampling: 'auto',
    timeLimit: 10_000,
  });
  t.true(threads >= 1 && threads <= 4);
});

const REJECTED: readonly [key: string, value: unknown, allowed: RegExp][] = [
  ['codec', 'gpu', /auto, turbo or portable/],
  ['library', '', /path of a libturbojpeg/],
  ['threads', 0, /1 to 64/],
  ['threads', 65, /1 to 64/],
  ['threads', 1.5, /1 to 64/],
  ['quality', 0, /1 to 100/],
  ['quality', 101, /1 to 100/],
  ['quality', Number.NaN, /1 to 100/],
  ['subsampling', '4:1:1', /auto, 4:4:4, 4:2:2 or 4:2:0/],
  ['timeLimit', 99, /100 to 600000/],
  ['timeLimit', 600_001, /100 to 600000/],
];

for (const [key, value, allowed] of REJECTED) {
  test(`${key}: ${value === '' ? 'an empty text' : value} is rejected with key, value and what is allowed`, (t) => {
    const error = t.throws(() => settingsFrom({ [key]: value } as EncoderOptions), { code: 'ENCODER_INVALID_OPTION' });
    t.true(error?.message.startsWith(`encoder option ${key} must be `), error?.message);
    t.true(error?.message.endsWith(`, not ${value === '' ? "''" : value}`), error?.message);
    t.regex(error?.message ?? '', allowed);
  });
}

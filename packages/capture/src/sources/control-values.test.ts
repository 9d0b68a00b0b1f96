import type { CameraControl, ControlValue, ControlValues } from '@framehub/frame';
import test from 'ava';
import { fitValues, readValues } from './control-values.js';

const control = (name: string, type: CameraControl['type'], rest: Partial<CameraControl> = {}): CameraControl => ({
  name,
  label: name,
  type,
  value: 0,
  minimum: 0,
  maximum: 100,
  step: 1,
  default: 0,
  menu: undefined,
  inactive: false,
  readOnly: false,
  volatile: false,
  grabbed: false,
  ...rest,
});

const CONTROLS: readonly CameraControl[] = [
  control('brightness', 'integer', { minimum: -64, maximum: 64 }),
  control('focus', 'integer', { minimum: 3, maximum: 100, step: 5 }),
  control('flip', 'boolean', { maximum: 1 }),
  control('auto_exposure', 'menu', {
    maximum: 3,
    menu: [
      { value: 1, label: 'Manual Mode' },
      { value: 3, label: 'Aperture Priority Mode' },
    ],
  }),
  control('bit_rate', 'menu', {
    maximum: 1,
    menu: [
      { value: 0, label: '8' },
      { value: 1, label: '1' },
    ],
  }),
  control('offset', 'integer64', { minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n, value: 0 }),
  control('mask', 'bitmask', { maximum: 0x80002000, step: 0 }),
  control('label', 'string', { minimum: 2, maximum: 6, step: 2, value: '' }),
  control('press', 'button', { maximum: 0, step: 0, value: undefined }),
  control('serial', 'integer', { readOnly: true }),
];

const read = (name: string, value: ControlValues[string]): ControlValue | undefined =>
  readValues(CONTROLS, { [name]: value }).get(name);

const taken: readonly (readonly [name: string, value: ControlValues[string], value: ControlValue])[] = [
  ['brightness', -64, -64],
  ['brightness', '64', 64],
  ['brightness', '-5', -5],
  ['brightness', 7n, 7],
  ['focus', 98, 98],
  ['flip', true, 1],
  ['flip', false, 0],
  ['flip', 1, 1],
  ['auto_exposure', 3, 3],
  ['auto_exposure', 'manual mode', 1],
  ['auto_exposure', '3', 3],
  // A text is an item's text first.
  ['bit_rate', '1', 1],
  ['bit_rate', '8', 0],
  ['bit_rate', 1, 1],
  ['offset', 5, 5],
  ['offset', 2n ** 62n, 2n ** 62n],
  ['offset', '-4611686018427387905', -(2n ** 62n) - 1n],
  ['mask', 0x2000, 0x2000],
  ['mask', 0x80002000, 0x80002000],
  ['label', 'äö', 'äö'],
  ['label', 12, '12'],
  ['press', true, 1],
  ['press', 'now', 1],
];
for (const [name, given, value] of taken) {
  test(`${name} takes ${typeof given} ${given}: ${typeof value} ${value}`, (t) => t.is(read(name, given), value));
}

const refused: readonly (readonly [name: string, value: ControlValues[string], allowed: string])[] = [
  ['brightness', 65, 'a whole number from -64 to 64'],
  ['brightness', 1.5, 'a whole number from -64 to 64'],
  ['brightness', 'much', 'a whole number from -64 to 64'],
  ['brightness', '', 'a whole number from -64 to 64'],
  ['focus', 7, 'a whole number from 3 to 100 in steps of 5'],
  ['flip', 2, 'true or false'],
  ['flip', 'on', 'true or false'],
  ['auto_exposure', 2, '1 (Manual Mode), 3 (Aperture Priority Mode)'],
  ['auto_exposure', 'Auto', '1 (Manual Mode), 3 (Aperture Priority Mode)'],
  ['bit_rate', 2, '0 (8), 1'],
  ['mask', 0x2001, 'a number made of the bits of 0x80002000'],
  ['mask', -1, 'a number made of the bits of 0x80002000'],
  ['label', 'abc', 'a text of 2 to 6 bytes in steps of 2'],
  ['label', 'ääää', 'a text of 2 to 6 bytes in steps of 2'],
  ['label', true, 'a text of 2 to 6 bytes in steps of 2'],
  ['press', false, 'true, which presses it'],
];
for (const [name, value, allowed] of refused) {
  test(`${name} refuses ${typeof value} ${value} with what is allowed`, (t) => {
    const error = t.throws(() => read(name, value), { code: 'CAPTURE_CONTROL_RANGE' });
    t.is(error.message, `control ${name} must be ${allowed}, not ${value === '' ? "''" : value}`);
  });
}

test('a number that JavaScript cannot hold exactly is refused, and asked for as text', (t) => {
  const error = t.throws(() => read('offset', 2 ** 53), { code: 'CAPTURE_CONTROL_RANGE' });
  t.regex(
    error.message,
    /from -9223372036854775808 to 9223372036854775807, as text where it is beyond 9007199254740991/,
  );
  const beyond = t.throws(() => read('offset', 2n ** 63n), { code: 'CAPTURE_CONTROL_RANGE' });
  t.notThrows(() => JSON.stringify(beyond), 'although JSON has no bigint');
});

test('read-only controls, unknown controls and a source without controls have their own errors', (t) => {
  t.throws(() => read('serial', 1), { code: 'CAPTURE_CONTROL_READ_ONLY', message: /serial/ });
  t.throws(() => read('brigthness', 1), {
    code: 'CAPTURE_CONTROL_UNKNOWN',
    message: /^there is no control brigthness; this camera has brightness, /,
  });
  t.throws(() => readValues([], { brightness: 1 }), { code: 'CAPTURE_NO_CONTROLS' });
});

function fit(requested: ControlValues): { values: Record<string, ControlValue>; warnings: string[] } {
  const warnings: string[] = [];
  const values = fitValues(CONTROLS, requested, (message) => warnings.push(message));
  return { values: Object.fromEntries(values), warnings };
}

test('a configured number out of range becomes the nearest that is allowed, with a warning', (t) => {
  t.deepEqual(fit({ brightness: 300 }), {
    values: { brightness: 64 },
    warnings: ['control brightness must be a whole number from -64 to 64, not 300; 64 is used'],
  });
  t.deepEqual(fit({ brightness: '-300' }).values, { brightness: -64 });
  t.deepEqual(fit({ focus: 0 }).values, { focus: 3 });
  t.deepEqual(fit({ focus: 11 }).values, { focus: 13 });
  t.deepEqual(fit({ focus: 10 }).values, { focus: 8 });
  t.deepEqual(fit({ focus: 99 }).values, { focus: 98 }, 'the last step before the maximum');
  t.deepEqual(fit({ offset: 2n ** 64n }).values, { offset: 2n ** 63n - 1n });
});

test('what has no nearest is left alone with a warning, and the others are taken', (t) => {
  const requested = { auto_exposure: 2, flip: 7, mask: 1, label: 'x', brightness: 1.5, serial: 1, zoom: 1, focus: 8 };
  const { values, warnings } = fit(requested);
  t.deepEqual(values, { focus: 8 });
  t.is(warnings.length, 7);
  for (const warning of warnings) t.regex(warning, /^control skipped: /);
  const nothing: string[] = [];
  t.is(fitValues([], { brightness: 1 }, (message) => nothing.push(message)).size, 0);
  t.deepEqual(nothing, ['control skipped: this source has no controls']);
});

test('buttons are not pressed at a start', (t) => {
  const { values, warnings } = fit({ press: true, flip: true });
  t.deepEqual(values, { flip: 1 });
  t.deepEqual(warnings, ['control skipped: press is a button, which is pressed on request only']);
});

test('of two names for one control the later value wins', (t) => {
  t.deepEqual([...readValues(CONTROLS, { exposure_auto: 1, auto_exposure: 3 })], [['auto_exposure', 3]]);
});

import test from 'ava';
import { z } from 'zod';
import { didYouMean, parseWith, safeParseWith } from './problems.js';
import { chosenName, duration, flag, oneOf, port, report, text } from './rules.js';

const schema = z
  .strictObject({
    port: port().default(8090),
    password: text('a password').optional(),
    mode: oneOf(['fast', 'slow']).optional(),
    idle: duration({ min: 0, max: 3_600_000 }, 'never').optional(),
    embedded: z
      .union([z.literal(true), z.strictObject({ host: text('a host'), password: text('a password').optional() })], {
        error: 'true, or an object with host',
      })
      .optional(),
    cameras: z.record(chosenName(/^\w+$/, 'letters'), z.strictObject({ on: flag() })).optional(),
  })
  .superRefine((output, context) => {
    if (output.port === 1 && output.mode) report(context, ['mode'], 'port 1 has no modes');
  });

const read = (value: unknown) => parseWith(schema, value, { code: 'X_INVALID', what: 'the options' });

for (const [value, message] of [
  [{ port: 99_999 }, 'port must be a whole number from 0 to 65535, not 99999'],
  [{ port: '80' }, 'port must be a whole number from 0 to 65535, not "80"'],
  [{ mode: 'fst' }, 'mode must be fast or slow, not fst'],
  [{ idle: 60 }, 'idle must be a time with its unit from 0ms to 1h, such as 500ms, 10s or 2m, or never, not 60'],
  [{ prt: 1 }, 'unknown key prt: did you mean port?'],
  [{ zzz: 1 }, 'unknown key zzz: the keys are port, password, mode, idle, embedded, cameras'],
  [{ embedded: 1 }, 'embedded must be true, or an object with host, not 1'],
  [{ embedded: { hots: 'x' } }, 'embedded.host is missing: it must be a host'],
  [{ cameras: { 'a b': { on: true } } }, 'a name in cameras must be letters, not a b'],
  [{ cameras: { toString: { on: true } } }, /^a name in cameras must be letters, except the names .*, not toString$/],
  [{ cameras: { a: {} } }, 'cameras.a.on is missing: it must be true or false'],
  [{ cameras: [] }, 'cameras must be an object, not []'],
  [{ port: 1, mode: 'fast' }, 'mode: port 1 has no modes'],
  [1, 'the options must be an object with keys such as port, password or mode, not 1'],
] as const) {
  test(`an error names the key, what it must be, and its value: ${JSON.stringify(value)}`, (t) => {
    t.throws(() => read(value), { code: 'X_INVALID', message: message as string | RegExp });
  });
}

test('what is valid is read, with defaults', (t) => {
  t.deepEqual(read({ idle: '2m' }), { port: 8090, idle: 120_000 });
  t.deepEqual(read({ idle: 'never' }), { port: 8090, idle: 'never' });
});

test('secret values never appear in a message', (t) => {
  const message = (value: unknown) => t.throws(() => read(value))?.message ?? '';
  t.is(message({ password: ['hunter2'] }), 'password must be a password');
  t.is(
    message({ embedded: [{ password: 'hunter2' }] }),
    'embedded must be true, or an object with host, not [{"password":"…"}]',
  );
  t.is(message({ mode: 'http://me:hunter2@host' }), 'mode must be fast or slow, not http://…@host');
});

test('all problems are found, each with its place', (t) => {
  const result = safeParseWith(schema, { port: -1, cameras: { a: { onn: true } } });
  const problems = result.success ? [] : result.problems;
  t.deepEqual(
    problems.map(({ path, badKey }) => [path.join('.'), badKey]),
    [
      ['port', undefined],
      ['cameras.a.on', undefined],
      ['cameras.a', 'onn'],
    ],
  );
});

const options = ['port', 'host', 'rotate', 'fps'];

test('the key that was probably meant is suggested for a mistyped one', (t) => {
  t.is(didYouMean('prot', options), ': did you mean port?');
  t.is(didYouMean('Rotat', options, '--'), ': did you mean --rotate?');
});

test('nothing is suggested when no key is near', (t) => {
  t.is(didYouMean('xyzzy', options), '');
  t.is(didYouMean('quality', options), '');
});

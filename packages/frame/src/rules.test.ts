import test from 'ava';
import {
  isHostName,
  isReservedName,
  listOf,
  mustBe,
  parseDuration,
  parseSize,
  shownValue,
  strictJson,
} from './index.js';

test('a duration is a number and a unit', (t) => {
  const texts = ['500ms', '10s', '1.5m', '2h', '1d', '10 s', ' 3s '];
  t.deepEqual(texts.map(parseDuration), [500, 10_000, 90_000, 7_200_000, 86_400_000, 10_000, 3000]);
  for (const text of ['', '10', 's', '-1s', '1e3s', '1.s', '10sec', '1s2']) t.is(parseDuration(text), undefined, text);
});

test('a size is two numbers of pixels within the limits', (t) => {
  t.deepEqual(parseSize('1280x720'), { width: 1280, height: 720 });
  t.deepEqual(parseSize('16X8192'), { width: 16, height: 8192 });
  for (const text of ['', '1280', '15x720', '1280x8193', '1280x720x3', '-1x720'])
    t.is(parseSize(text), undefined, text);
});

test('a host name has no port, scheme or path', (t) => {
  for (const name of ['camera', 'camera.example.com', '.example.com', 'a_b-c']) t.true(isHostName(name), name);
  for (const name of ['', 'a:80', 'http://a', 'a/b', 'a..b', 'a.', '*.example.com']) t.false(isHostName(name), name);
});

test('a value in a message is one short line without secrets', (t) => {
  t.is(shownValue('a\n\u001b[2Jb'), 'a [2Jb');
  t.is(shownValue('x'.repeat(100)), `${'x'.repeat(60)}…`);
  t.is(shownValue(''), "''");
  t.is(shownValue({ width: 1n }), '{"width":"1"}');
  t.is(shownValue(undefined), 'undefined');
  t.is(shownValue(Number.NaN), 'NaN');
  t.false(shownValue('http://admin:secret@camera/').includes('secret'));
});

test('a message names the key, what is allowed and the value', (t) => {
  t.is(mustBe('rotate', listOf([0, 90, 180]), 45), 'rotate must be 0, 90 or 180, not 45');
  t.is(listOf(['one']), 'one');
});

test('names of properties of every object are reserved, and no others', (t) => {
  for (const name of Object.getOwnPropertyNames(Object.prototype)) t.true(isReservedName(name), name);
  t.true(isReservedName('__proto__'));
  for (const name of ['garage', 'Constructor', 'proto', 'length', '']) t.false(isReservedName(name), name);
});

test('strictJson parses JSON', (t) => t.deepEqual(strictJson('{"a": [1, {"b": null}]}'), { a: [1, { b: null }] }));

for (const text of ['{"__proto__": 5}', '[{"a": {"\\u005f_proto__": {}}}]', '{', '']) {
  test(`strictJson refuses ${text}`, (t) => {
    t.throws(() => strictJson(text), { instanceOf: SyntaxError });
  });
}

import test from 'ava';
import { RetainedMessages } from './retained-messages.js';

const message = (topic: string, bytes = 100) => ({ topic, payload: Buffer.alloc(bytes, 'x'), qos: 0 as const });
const topicsOf = (retained: RetainedMessages, ...filters: string[]): string[] =>
  [...retained.matching(filters)].map(({ topic }) => topic).sort();

test('one address gets at most half of the limit; no message is pushed out', (t) => {
  const retained = new RetainedMessages(10_000);
  const put = (topic: string, address: string, bytes: number) => retained.put(message(topic, bytes), address);
  t.true(put('a/1', 'a', 3000));
  t.false(put('a/2', 'a', 1500), 'more than half');
  t.true(put('a/1', 'a', 4000), 'replaces the first');
  t.true(put('b/1', 'b', 4000));
  t.false(put('c/1', 'c', 1000), 'more than all');
  t.false(put('a/1', 'c', 4500), 'nor as a larger replacement of another message');
  t.deepEqual(topicsOf(retained, '#'), ['a/1', 'b/1']);
  t.true(put('b/1', 'a', 0), 'any client may delete');
  t.true(put('c/1', 'c', 1000));
});

test("the owner's messages are always kept", (t) => {
  const retained = new RetainedMessages(10_000);
  t.true(retained.put(message('stranger', 4000), 'a'));
  for (let camera = 0; camera < 10; camera++) t.true(retained.put(message(`own/${camera}`, 1_000_000)));
  t.is(topicsOf(retained, 'own/#').length, 10);
  t.true(retained.bytes > 10_000_000);
  t.true(retained.put(message('other', 4000), 'b'), 'and take no room from clients');
});

test('the number of topics is limited, too', (t) => {
  const retained = new RetainedMessages(1e9);
  let kept = 0;
  while (retained.put(message(`t/${kept}`, 1), 'a')) kept += 1;
  t.true(kept >= 1000 && kept <= 10_000, `${kept}`);
});

test('filters match as MQTT specifies', (t) => {
  const retained = new RetainedMessages(1e9);
  for (const topic of ['a', 'a/b', 'a/b/c', 'b//c', '$x/a', '/']) retained.put(message(topic));
  t.deepEqual(topicsOf(retained, 'a/b'), ['a/b']);
  t.deepEqual(topicsOf(retained, 'a/#'), ['a', 'a/b', 'a/b/c']);
  t.deepEqual(topicsOf(retained, '+/b', 'a/+'), ['a/b']);
  t.deepEqual(topicsOf(retained, '#'), ['/', 'a', 'a/b', 'a/b/c', 'b//c']);
  t.deepEqual(topicsOf(retained, '$x/+'), ['$x/a']);
  t.deepEqual(topicsOf(retained, '+/+/c'), ['a/b/c', 'b//c']);
});

test('a small message does not keep a larger buffer in memory', (t) => {
  const retained = new RetainedMessages(1e9);
  retained.put({ topic: 'a', payload: Buffer.alloc(65_536).subarray(0, 1), qos: 0 }, 'a');
  const [kept] = retained.matching(['a']);
  t.is(kept?.payload.buffer.byteLength, 1);
});

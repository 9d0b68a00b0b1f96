import test from 'ava';
import { RetainedMessages } from './retained-messages.js';

const message = (topic: string, bytes = 100) => ({ topic, payload: Buffer.alloc(bytes, 'x'), qos: 0 as const });
const topicsOf = (retained: RetainedMessages, ...filters: string[]): string[] =>
  [...retained.matching(filters)].map(({ topic }) => topic).sort();

test('one address gets half, and all of them what there is; nothing is pushed out', (t) => {
  const retained = new RetainedMessages(10_000);
  const put = (topic: string, address: string, bytes: number) => retained.put(message(topic, bytes), address);
  t.true(put('a/1', 'a', 3000));
  t.false(put('a/2', 'a', 1500), 'more than half');
  t.true(put('a/1', 'a', 4000), 'in place of the first');
  t.true(put('b/1', 'b', 4000));
  t.false(put('c/1', 'c', 1000), 'more than all');
  t.false(put('a/1', 'c', 4500), 'nor in place of another, where it is larger');
  t.deepEqual(topicsOf(retained, '#'), ['a/1', 'b/1']);
  t.true(put('b/1', 'a', 0), 'anybody may delete');
  t.true(put('c/1', 'c', 1000));
});

test("the owner's own are kept whatever others have", (t) => {
  const retained = new RetainedMessages(10_000);
  t.true(retained.put(message('stranger', 4000), 'a'));
  for (let camera = 0; camera < 10; camera++) t.true(retained.put(message(`own/${camera}`, 1_000_000)));
  t.is(topicsOf(retained, 'own/#').length, 10);
  t.true(retained.bytes > 10_000_000);
  t.true(retained.put(message('other', 4000), 'b'), 'and take nothing from them');
});

test('topics without end are refused too, however small', (t) => {
  const retained = new RetainedMessages(1e9);
  let kept = 0;
  while (retained.put(message(`t/${kept}`, 1), 'a')) kept += 1;
  t.true(kept >= 1000 && kept <= 10_000, `${kept}`);
});

test('filters are matched as MQTT has it', (t) => {
  const retained = new RetainedMessages(1e9);
  for (const topic of ['a', 'a/b', 'a/b/c', 'b//c', '$x/a', '/']) retained.put(message(topic));
  t.deepEqual(topicsOf(retained, 'a/b'), ['a/b']);
  t.deepEqual(topicsOf(retained, 'a/#'), ['a', 'a/b', 'a/b/c']);
  t.deepEqual(topicsOf(retained, '+/b', 'a/+'), ['a/b']);
  t.deepEqual(topicsOf(retained, '#'), ['/', 'a', 'a/b', 'a/b/c', 'b//c']);
  t.deepEqual(topicsOf(retained, '$x/+'), ['$x/a']);
  t.deepEqual(topicsOf(retained, '+/+/c'), ['a/b/c', 'b//c']);
});

test('a small message keeps no large piece of memory', (t) => {
  const retained = new RetainedMessages(1e9);
  retained.put({ topic: 'a', payload: Buffer.alloc(65_536).subarray(0, 1), qos: 0 }, 'a');
  const [kept] = retained.matching(['a']);
  t.is(kept?.payload.buffer.byteLength, 1);
});

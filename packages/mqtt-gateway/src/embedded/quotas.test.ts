import test from 'ava';
import { type Holder, SharedBytes } from './shared-bytes.js';

const ask = (limit: number) => {
  const evicted: string[] = [];
  const shared = new SharedBytes(limit);
  const holder = (address: string, name: string): Holder => ({ address, evict: () => evicted.push(name) });
  return { evicted, shared, holder };
};

test('where it is too much, the address with most gives up its largest', (t) => {
  const { evicted, shared, holder } = ask(100);
  const alone = holder('b', 'b');
  shared.set(alone, 40);
  shared.set(holder('a', 'small'), 10);
  shared.set(holder('a', 'large'), 35);
  t.deepEqual(evicted, []);
  shared.set(holder('a', 'last'), 20);
  t.deepEqual(evicted, ['large']);
  shared.set(alone, 90);
  t.deepEqual(evicted, ['large', 'b'], 'whoever it is');
  t.is(shared.total, 30);
});

test('of equals, who has held longest gives up; what is given back counts no more', (t) => {
  const { evicted, shared, holder } = ask(100);
  const first = holder('a', 'first');
  shared.set(first, 50);
  shared.set(holder('a', 'second'), 50);
  shared.set(first, 0);
  shared.set(holder('b', 'third'), 50);
  t.deepEqual(evicted, []);
  shared.set(holder('b', 'fourth'), 50);
  t.deepEqual(evicted, ['third']);
});

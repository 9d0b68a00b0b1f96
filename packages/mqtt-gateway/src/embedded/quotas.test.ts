import test from 'ava';
import { MemoryBudget, type MemoryHolder } from './quotas.js';

const ask = (limit: number) => {
  const evicted: string[] = [];
  const budget = new MemoryBudget(limit);
  const holder = (address: string, name: string): MemoryHolder => ({ address, evict: () => evicted.push(name) });
  return { evicted, budget, holder };
};

test('where it is too much, the address with most gives up its largest', (t) => {
  const { evicted, budget, holder } = ask(100);
  const alone = holder('b', 'b');
  budget.set(alone, 40);
  budget.set(holder('a', 'small'), 10);
  budget.set(holder('a', 'large'), 35);
  t.deepEqual(evicted, []);
  budget.set(holder('a', 'last'), 20);
  t.deepEqual(evicted, ['large']);
  budget.set(alone, 90);
  t.deepEqual(evicted, ['large', 'b'], 'whoever it is');
  t.is(budget.total, 30);
});

test('of equals, who has held longest gives up; what is given back counts no more', (t) => {
  const { evicted, budget, holder } = ask(100);
  const first = holder('a', 'first');
  budget.set(first, 50);
  budget.set(holder('a', 'second'), 50);
  budget.set(first, 0);
  budget.set(holder('b', 'third'), 50);
  t.deepEqual(evicted, []);
  budget.set(holder('b', 'fourth'), 50);
  t.deepEqual(evicted, ['third']);
});

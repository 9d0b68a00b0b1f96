import test from 'ava';
import { MemoryBudget, type MemoryHolder } from './quotas.js';

const ask = (limit: number) => {
  const evicted: string[] = [];
  const budget = new MemoryBudget(limit);
  const holder = (address: string, name: string): MemoryHolder => ({ address, evict: () => evicted.push(name) });
  return { evicted, budget, holder };
};

test('beyond the limit, the address with the most memory loses its largest holder', (t) => {
  const { evicted, budget, holder } = ask(100);
  const alone = holder('b', 'b');
  budget.set(alone, 40);
  budget.set(holder('a', 'small'), 10);
  budget.set(holder('a', 'large'), 35);
  t.deepEqual(evicted, []);
  budget.set(holder('a', 'last'), 20);
  t.deepEqual(evicted, ['large']);
  budget.set(alone, 90);
  t.deepEqual(evicted, ['large', 'b'], 'even the one that grew');
  t.is(budget.total, 30);
});

test('of equal holders, the oldest is evicted; memory given back does not count', (t) => {
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

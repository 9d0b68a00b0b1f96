import test from 'ava';
import { Allowance, FairShare } from './limits.js';

/** Takes places, and records whose were given to another address. */
function setup(limit: number) {
  const share = new FairShare(limit);
  const evicted: string[] = [];
  let number = 0;
  const enter = (address: string) => {
    const name = `${address}${number++}`;
    return share.enter(address, () => evicted.push(name));
  };
  return { share, evicted, enter };
}

test('while places are free any address may take one, or all of them', (t) => {
  const { share, evicted, enter } = setup(3);
  for (let i = 0; i < 3; i++) t.truthy(enter('a'));
  t.is(enter('a'), undefined);
  t.is(share.taken, 3);
  t.deepEqual(evicted, []);
});

test('a newcomer gets the newest place of the address that holds most, until both hold equally many', (t) => {
  const { share, evicted, enter } = setup(6);
  for (let i = 0; i < 6; i++) enter('a');
  for (let i = 0; i < 3; i++) t.truthy(enter('b'));
  t.is(enter('b'), undefined, 'three each');
  t.is(enter('a'), undefined);
  t.deepEqual(evicted, ['a5', 'a4', 'a3']);
  t.truthy(enter('c'));
  t.is(share.taken, 6);
});

test('equals never displace each other', (t) => {
  const { evicted, enter } = setup(3);
  for (const address of ['a', 'b', 'c']) enter(address);
  t.is(enter('d'), undefined);
  t.deepEqual(evicted, []);
});

test('a released place is free, in any order and once', (t) => {
  const { share, evicted, enter } = setup(4);
  const leaves = ['a', 'a', 'a', 'b'].map((address) => enter(address));
  leaves[1]?.();
  leaves[1]?.();
  t.is(share.taken, 3);
  t.truthy(enter('a'));
  t.truthy(enter('c'));
  leaves[2]?.();
  t.deepEqual(evicted, ['a4'], 'the newest of those that are held');
  leaves[0]?.();
  leaves[3]?.();
  t.is(share.taken, 1);
});

test('an address that has released one of its places still counts with the others', (t) => {
  const { evicted, enter } = setup(2);
  const [first] = [enter('a'), enter('a')];
  first?.();
  enter('a');
  t.truthy(enter('b'));
  t.deepEqual(evicted, ['a2']);
});

test('a place that was given to another address is not released a second time', (t) => {
  const share = new FairShare(2);
  const leaves: ((() => void) | undefined)[] = [];
  for (let i = 0; i < 2; i++) leaves.push(share.enter('a', () => leaves[i]?.()));
  t.truthy(share.enter('b', () => {}));
  for (const leave of leaves) leave?.();
  t.is(share.taken, 1);
});

test('a hundred thousand places come and go in any order', (t) => {
  const share = new FairShare(100_000);
  const leaves = Array.from({ length: 100_000 }, (_, i) => share.enter(String(i % 7), () => {}));
  for (let start = 0; start < 3; start++) for (let i = start; i < leaves.length; i += 3) leaves[i]?.();
  t.is(share.taken, 0);
});

test('Allowance: a burst at once, and a number per second', (t) => {
  let now = 0;
  const allowance = new Allowance(3, 2, () => now);
  t.deepEqual(
    [1, 2, 3, 4].map(() => allowance.take()),
    [true, true, true, false],
  );
  now += 499;
  t.false(allowance.take());
  now += 1;
  t.true(allowance.take());
  t.false(allowance.take());
  now += 3_600_000;
  t.deepEqual(
    [1, 2, 3, 4].map(() => allowance.take()),
    [true, true, true, false],
    'no more than the burst is saved up',
  );
});

test('Allowance: a reservation waits for its time', (t) => {
  let now = 0;
  const allowance = new Allowance(2, 10, () => now);
  t.deepEqual(
    [1, 2, 3, 4].map(() => allowance.reserve()),
    [0, 0, 100, 200],
  );
  now += 200;
  t.is(allowance.reserve(), 100);
});

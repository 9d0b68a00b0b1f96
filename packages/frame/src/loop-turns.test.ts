import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { type LoopMember, LoopTurns } from './index.js';

/** A member that has so many pieces of work, each of which causes work that takes a time. */
function worker(pieces: number, log: string[], name: string, ms = 0): LoopMember {
  let left = pieces;
  const work = (): void => {
    const start = performance.now();
    while (performance.now() - start < ms);
  };
  return {
    step() {
      log.push(name);
      if (ms > 0) queueMicrotask(work);
      left -= 1;
      return left > 0;
    },
  };
}

test('members take turns, one piece of work each, and none before the present code is done', async (t) => {
  const log: string[] = [];
  const turns = new LoopTurns();
  turns.add(worker(3, log, 'a'));
  turns.add(worker(2, log, 'b'));
  t.deepEqual(log, []);
  await setImmediate();
  t.deepEqual(log, ['a', 'b', 'a', 'b', 'a']);
});

test('a member that is removed does nothing more, and one that is added twice has one turn', async (t) => {
  const log: string[] = [];
  const turns = new LoopTurns();
  const [gone, twice] = [worker(3, log, 'gone'), worker(1, log, 'twice')];
  turns.add(gone);
  turns.add(twice);
  turns.add(twice);
  turns.remove(gone);
  await setImmediate();
  await setImmediate();
  t.deepEqual(log, ['twice']);
});

test('a turn of the event loop has 64 pieces of work, and half as many after one that caused much work', async (t) => {
  const log: string[] = [];
  const turns = new LoopTurns();
  turns.add(worker(1000, log, 'quick'));
  await setImmediate();
  t.is(log.length, 64);
  const long = new LoopTurns();
  const slow: string[] = [];
  long.add(worker(1000, slow, 'slow', 0.2));
  const lengths: number[] = [];
  for (let turn = 0, before = 0; turn < 4; turn++) {
    await setImmediate();
    lengths.push(slow.length - before);
    before = slow.length;
  }
  t.is(lengths[0], 64);
  t.true((lengths[1] ?? 0) <= 32, lengths.join(' '));
  t.true((lengths[3] ?? 0) < (lengths[1] ?? 0), lengths.join(' '));
});

import test from 'ava';
import { WarmUpGate } from './warm-up.js';

const dropped = (gate: WarmUpGate, ...times: number[]): boolean[] => times.map((now) => gate.drops(now));

test('without a warm-up the first frame passes', (t) => {
  for (const warmup of [undefined, { frames: 0 }]) {
    const gate = new WarmUpGate(warmup);
    t.true(gate.over);
    t.false(gate.drops(0));
  }
});

test('so many frames are dropped, however fast they come', (t) => {
  const gate = new WarmUpGate({ frames: 2 });
  t.deepEqual(dropped(gate, 0, 0, 0, 0), [true, true, false, false]);
});

test('frames of the first milliseconds after the first one are dropped, however many they are', (t) => {
  const gate = new WarmUpGate({ milliseconds: 100 });
  t.deepEqual(dropped(gate, 5000, 5050, 5099, 5100, 5101), [true, true, true, false, false]);
});

test('it is over with the first frame that passes', (t) => {
  const gate = new WarmUpGate({ frames: 1 });
  t.false(gate.over);
  gate.drops(0);
  t.false(gate.over);
  gate.drops(0);
  t.true(gate.over);
});

test('it may be given less time than it asks for', (t) => {
  t.deepEqual(dropped(new WarmUpGate({ milliseconds: 5000 }, 1000), 0, 999, 1000), [true, true, false]);
  t.deepEqual(dropped(new WarmUpGate({ frames: 5 }, 1000), 0, 500, 1000), [true, true, false]);
});

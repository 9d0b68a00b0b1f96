import test from 'ava';
import { FreezeDetector } from './freeze-detector.js';

const noise = (seed: number): Uint8Array =>
  Uint8Array.from({ length: 5000 }, (_, i) => Math.imul(i + seed, 2_654_435_761) >>> 24);

test('an image that changes is not frozen', (t) => {
  const frozen = new FreezeDetector();
  for (let i = 0; i < 300; i++) frozen.compare(noise(i), i * 33, i);
  t.is(frozen.since, undefined);
});

test('the same image for five seconds is frozen since its first frame', (t) => {
  const frozen = new FreezeDetector();
  frozen.compare(noise(1), 0, 1_000_000);
  for (let i = 1; i <= 150; i++) frozen.compare(noise(2), i * 33, 1_000_000 + i * 33);
  t.is(frozen.since, undefined, 'not yet five seconds');
  for (let i = 151; i <= 160; i++) frozen.compare(noise(2), i * 33, 1_000_000 + i * 33);
  t.is(frozen.since, 1_000_033);
});

test('a slow camera is not frozen after a frame or two', (t) => {
  const frozen = new FreezeDetector();
  for (let i = 0; i < 4; i++) frozen.compare(noise(1), i * 10_000, i);
  t.is(frozen.since, undefined);
  frozen.compare(noise(1), 40_000, 4);
  t.is(frozen.since, 0);
});

test('a frame that waited while the process stood still is not frozen', (t) => {
  const frozen = new FreezeDetector();
  for (let i = 0; i < 30; i++) frozen.compare(noise(1), i * 33, i);
  frozen.compare(noise(1), 30_000, 30);
  t.is(frozen.since, undefined);
});

test('a change ends it', (t) => {
  const frozen = new FreezeDetector();
  for (let i = 0; i < 300; i++) frozen.compare(noise(1), i * 33, i);
  t.is(frozen.since, 0);
  frozen.compare(noise(2), 10_000, 300);
  t.is(frozen.since, undefined);
});

import test from 'ava';
import { StallWatch } from './stall-watch.js';

/** Looks so many times, as a thread does whose newest frame is this one. */
function looks(watch: StallWatch, count: number, lastFrame: number | undefined, expecting = true) {
  let found: ReturnType<StallWatch['check']>;
  for (let i = 0; i < count; i++) found = watch.check(expecting, lastFrame);
  return found;
}

test('a source that rests never stalls', (t) => {
  t.is(looks(new StallWatch(1), 1000, 0, false), undefined);
});

test('two seconds without a frame are a stall', (t) => {
  const watch = new StallWatch(undefined);
  watch.rate(30);
  t.is(watch.everyMs, 500);
  // The frame came some time before the first of them.
  t.is(looks(watch, 4, 10_000), undefined);
  t.is(looks(watch, 1, 10_000)?.code, 'CAPTURE_STALLED');
});

test('frames that come begin the count anew', (t) => {
  const watch = new StallWatch(undefined);
  watch.rate(30);
  for (let frame = 0; frame < 100; frame++) t.is(looks(watch, 4, frame), undefined);
});

test('a slow source is given several of its intervals', (t) => {
  const watch = new StallWatch(undefined);
  watch.rate(0.5);
  t.is(looks(watch, 20, 10_000), undefined);
  t.is(looks(watch, 1, 10_000)?.code, 'CAPTURE_STALLED');
});

test('the first frame may take five seconds', (t) => {
  const watch = new StallWatch(undefined);
  t.is(looks(watch, 10, undefined), undefined);
  t.is(looks(watch, 1, undefined)?.code, 'CAPTURE_STALLED');
});

test('a short limit is checked in shorter steps, and never with one check', (t) => {
  const watch = new StallWatch(100);
  t.is(watch.everyMs, 25);
  t.is(looks(watch, 4, 1), undefined);
  t.is(looks(watch, 1, 1)?.code, 'CAPTURE_STALLED');
});

test('time at rest does not count', (t) => {
  const watch = new StallWatch(undefined);
  looks(watch, 3, 1000);
  looks(watch, 100, 1000, false);
  t.is(looks(watch, 4, 1000), undefined);
  t.is(looks(watch, 1, 1000)?.code, 'CAPTURE_STALLED');
});

test('unusable frames do not count, and are named in the error', (t) => {
  const watch = new StallWatch(undefined);
  looks(watch, 4, 0);
  const error = watch.check(true, 0, { truncated: 60, lost: 1 });
  t.regex(error?.message ?? '', /no usable frame.*2\.0 s.*60 truncated, 1 lost.*cable/);
});

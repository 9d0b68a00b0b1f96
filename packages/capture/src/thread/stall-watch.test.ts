import test from 'ava';
import { StallWatch } from './stall-watch.js';

test('a source that rests never stalls', (t) => {
  const watch = new StallWatch(1);
  t.is(watch.check(false, 0, {}, 0), undefined);
  t.is(watch.check(false, 0, {}, 1_000_000), undefined);
});

test('two seconds without a frame are a stall', (t) => {
  const watch = new StallWatch(undefined);
  watch.rate(30);
  watch.check(true, 0, {}, 0);
  t.is(watch.check(true, 10_000, {}, 11_900), undefined);
  t.is(watch.check(true, 10_000, {}, 12_100)?.code, 'CAPTURE_STALLED');
});

test('a slow source is given several of its intervals', (t) => {
  const watch = new StallWatch(undefined);
  watch.rate(0.5);
  watch.check(true, 0, {}, 0);
  t.is(watch.check(true, 10_000, {}, 19_900), undefined);
  t.is(watch.check(true, 10_000, {}, 20_100)?.code, 'CAPTURE_STALLED');
});

test('the first frame may take five seconds', (t) => {
  const watch = new StallWatch(undefined);
  watch.check(true, undefined, {}, 1000);
  t.is(watch.check(true, undefined, {}, 5900), undefined);
  t.is(watch.check(true, undefined, {}, 6100)?.code, 'CAPTURE_STALLED');
});

test('time at rest does not count', (t) => {
  const watch = new StallWatch(undefined);
  watch.check(true, 1000, {}, 1000);
  watch.check(false, 1000, {}, 50_000);
  t.is(watch.check(true, 1000, {}, 60_000), undefined);
  t.is(watch.check(true, 1000, {}, 62_100)?.code, 'CAPTURE_STALLED');
});

test('frames that cannot be shown are none, and are told of', (t) => {
  const watch = new StallWatch(undefined);
  watch.check(true, 0, {}, 0);
  const error = watch.check(true, 0, { truncated: 60, lost: 1 }, 2100);
  t.regex(error?.message ?? '', /no frame that can be shown.*2\.1 s.*60 truncated, 1 lost.*cable/);
});

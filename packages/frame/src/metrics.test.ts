import test from 'ava';
import { CameraTraffic, Counters, GatewayTraffic, Histogram, type JpegFrame } from './index.js';

test('buckets count what lies at or below their bound, each including the ones before', (t) => {
  const histogram = new Histogram([0.001, 0.01, 0.1]);
  for (const seconds of [0.0005, 0.001, 0.05, 7]) histogram.observe(seconds);
  t.deepEqual(histogram.read().buckets, [2, 2, 3]);
  t.is(histogram.read().count, 4);
  t.is(histogram.read().sum, 7.0515);
});

test('counters count by reason', (t) => {
  const drops = new Counters();
  drops.add('busy');
  drops.add('busy');
  drops.add('overrun', 3);
  t.deepEqual(drops.toJSON(), { busy: 2, overrun: 3 });
  t.is(drops.total, 5);
});

const frameOf = (ageMs: number, placeholder?: string): JpegFrame => ({
  sequence: 1,
  capturedAt: Date.now() - ageMs,
  placeholder,
  data: new Uint8Array(9),
  width: 1,
  height: 1,
});

test('traffic counts frames, bytes and ages, and of a placeholder only the bytes', (t) => {
  const traffic = new CameraTraffic();
  for (const frame of [frameOf(60), frameOf(2000), frameOf(60, 'NO SIGNAL')]) {
    traffic.count(frame, 9);
    traffic.observeAge(frame);
  }
  t.like(traffic, { framesSent: 2, bytesSent: 27, viewers: 0, skipped: 0 });
  const { bounds, buckets, count, sum } = traffic.age.read();
  t.deepEqual([bounds[0], bounds.at(-1)], [0.001, 10]);
  t.deepEqual(
    bounds,
    [...bounds].sort((a, b) => a - b),
  );
  t.is(count, 2);
  t.true(sum >= 2.06 && sum < 10, `${sum}`);
  t.is(buckets[bounds.indexOf(0.05)], 0);
  t.is(buckets[bounds.indexOf(1)], 1);
});

test('the traffic of a gateway is kept by camera, until the camera is removed', (t) => {
  const gateway = new GatewayTraffic('http');
  gateway.of('garage').viewers = 2;
  gateway.of('door');
  t.is(gateway.of('garage').viewers, 2);
  gateway.keepOnly(['garage']);
  t.deepEqual(
    gateway.cameras().map(([name]) => name),
    ['garage'],
  );
});

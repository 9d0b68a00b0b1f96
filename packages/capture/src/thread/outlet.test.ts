import { inspectJpeg, type JpegInfo, RingReader } from '@framehub/frame';
import test from 'ava';
import type { ThreadMessage } from '../messages.js';
import { jpegOf, truncatedJpeg } from '../sources/test-jpegs.test.helper.js';
import { Outlet, WarmUpGate } from './outlet.js';

const FORMAT = { fourcc: 'GREY', width: 4, height: 4, stride: 4, range: 'full' } as const;

const JPEG: JpegInfo = {
  width: 8,
  height: 8,
  subsampling: '4:2:2',
  hasHuffmanTables: true,
  scanOffset: 20,
  byteLength: 100,
};

function outletOf(options?: ConstructorParameters<typeof Outlet>[1]) {
  const posted: ThreadMessage[] = [];
  const outlet = new Outlet((message) => posted.push(message), options);
  let next = 10;
  const give = (): boolean =>
    outlet.frame({ bytes: new Uint8Array(16).fill(next), format: FORMAT, sequence: next++, capturedAt: Date.now() });
  const reports = () => posted.flatMap((message) => (message.type === 'report' ? [message] : []));
  const frames = () => posted.flatMap((message) => (message.type === 'frame' ? [message] : []));
  return { outlet, give, reports, frames };
}

test('the first frame is reported at once, wanted or not', (t) => {
  const { give, reports } = outletOf();
  t.false(give());
  t.like(reports(), [{ captured: 1, sequence: 10, format: FORMAT }]);
});

test('frames of the warm-up are not delivered and do not make the camera live, but are counted and are signs of life', (t) => {
  const { outlet, give, reports, frames } = outletOf({ warmup: { frames: 2 } });
  outlet.demand = 1;
  t.deepEqual([give(), give()], [false, false]);
  t.true(outlet.warmingUp);
  t.not(outlet.lastFrame, undefined);
  t.is(reports().length, 0);
  outlet.report(false);
  t.like(reports().at(-1), { captured: 0, dropped: { warmup: 2 }, sequence: 11 });
  t.true(give());
  t.false(outlet.warmingUp);
  t.like(reports().at(-1), { captured: 1, sequence: 12 });
  t.is(frames().length, 1);
});

test('a camera that starts anew after a still warms up anew', (t) => {
  const { outlet, give } = outletOf({ warmup: { frames: 1 } });
  outlet.demand = 1;
  t.deepEqual([give(), give()], [false, true]);
  outlet.warmUp();
  t.true(outlet.warmingUp);
  t.deepEqual([give(), give()], [false, true]);
});

test('faults since the newest frame are known, but not drops of good frames', (t) => {
  const { outlet, give } = outletOf({ warmup: { frames: 1 } });
  outlet.drop('truncated', 2);
  t.deepEqual(outlet.faults, { truncated: 2 });
  give();
  t.deepEqual(outlet.faults, {});
  outlet.drop('short');
  t.deepEqual(outlet.faults, { short: 1 });
});

test('the size that a header or a driver claims takes no memory: a ring grows with the JPEGs that come', (t) => {
  const posted: ThreadMessage[] = [];
  const outlet = new Outlet((message) => posted.push(message));
  outlet.demand = 1;
  const format = { fourcc: 'JPEG', width: 8192, height: 8192, stride: 0, range: 'full' } as const;
  const give = (length: number) =>
    outlet.frame({
      bytes: new Uint8Array(length),
      format,
      sequence: 1,
      jpeg: JPEG,
      capturedAt: Date.now(),
      maxBytes: 0xffff_ffff,
    });
  give(1000);
  give(9_000_000);
  give(32_000_000);
  const sizes = posted.flatMap((message) => (message.type === 'ring' ? [message.buffer.byteLength] : []));
  t.is(sizes.length, 3);
  t.true((sizes[0] as number) < 6 * 9_000_000);
  t.true((sizes[1] as number) < 6 * 19_000_000);
  t.true((sizes[2] as number) < 4 * 64_000_000, 'with fewer slots, of which only what frames fill is touched');
});

test('a JPEG is delivered with its structure, and a broken one takes no slot', (t) => {
  const posted: ThreadMessage[] = [];
  const outlet = new Outlet((message) => posted.push(message));
  outlet.demand = 1;
  const format = { fourcc: 'MJPG', width: 320, height: 240, stride: 0, range: 'full' } as const;
  const give = (bytes: Uint8Array) => outlet.frame({ bytes, format, sequence: 1, capturedAt: Date.now() });
  t.true(give(jpegOf(1)));
  for (let i = 0; i < 20; i++) t.false(give(truncatedJpeg(2)));
  t.true(give(jpegOf(3)));
  const rings = posted.flatMap((message) => (message.type === 'ring' ? [message] : []));
  const frames = posted.flatMap((message) => (message.type === 'frame' ? [message] : []));
  t.is(rings.length, 1);
  const reader = new RingReader((rings[0] as (typeof rings)[0]).buffer, format);
  t.deepEqual(
    frames.map((ref) => reader.frame(ref)?.jpeg),
    [inspectJpeg(jpegOf(1)) as JpegInfo, inspectJpeg(jpegOf(3)) as JpegInfo],
  );
  outlet.report(false);
  const report = posted.findLast((message) => message.type === 'report');
  t.deepEqual(report?.type === 'report' && report.dropped, { truncated: 20 });
});

test('the next frame is copied for a still, with demand or without', (t) => {
  const { outlet, give, frames } = outletOf();
  const stills: Uint8Array[] = [];
  t.false(outlet.wanted);
  outlet.next(({ bytes }) => stills.push(bytes)).close();
  t.false(outlet.wanted);
  outlet.next(({ bytes }) => stills.push(bytes));
  t.true(outlet.wanted);
  t.true(give());
  t.false(outlet.wanted);
  t.false(give());
  t.deepEqual(stills, [new Uint8Array(16).fill(10)]);
  t.is(frames().length, 0);
});

test('a source whose size changes with each frame gets few rings, and frames without one are counted', (t) => {
  const posted: ThreadMessage[] = [];
  const outlet = new Outlet((message) => posted.push(message));
  outlet.demand = 1;
  const give = (width: number) =>
    outlet.frame({
      bytes: new Uint8Array(100),
      format: { fourcc: 'JPEG', width, height: 8, stride: 0, range: 'full' },
      sequence: width,
      capturedAt: Date.now(),
      jpeg: JPEG,
    });
  const given = Array.from({ length: 1000 }, (_, i) => give(1 + i)).filter(Boolean).length;
  const rings = posted.filter(({ type }) => type === 'ring').length;
  t.is(given, rings);
  t.true(rings >= 4 && rings < 100, `${rings} rings`);
  outlet.report(false);
  const report = posted.findLast((message) => message.type === 'report');
  t.is(report?.type === 'report' && report.dropped['format-changes'], 1000 - rings);
});

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

import test from 'ava';
import type { ThreadMessage } from '../messages.js';
import { Outlet } from './outlet.js';

const FORMAT = { fourcc: 'GREY', width: 4, height: 4, stride: 4, range: 'full' } as const;

function outletOf(options?: ConstructorParameters<typeof Outlet>[1]) {
  const posted: ThreadMessage[] = [];
  const outlet = new Outlet((message) => posted.push(message), options);
  let next = 10;
  const give = (): boolean => outlet.frame(new Uint8Array(16).fill(next), FORMAT, next++, Date.now());
  const reports = () => posted.flatMap((message) => (message.type === 'report' ? [message] : []));
  const frames = () => posted.flatMap((message) => (message.type === 'frame' ? [message] : []));
  return { outlet, give, reports, frames };
}

test('the first frame is reported at once, wanted or not', (t) => {
  const { give, reports } = outletOf();
  t.false(give());
  t.like(reports(), [{ captured: 1, sequence: 10, format: FORMAT }]);
});

test('frames of the warm-up reach nobody and make nothing live, but are counted and are signs of life', (t) => {
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

test('what was dropped since the newest frame is known, but not what was dropped of good frames', (t) => {
  const { outlet, give } = outletOf({ warmup: { frames: 1 } });
  outlet.drop('truncated', 2);
  t.deepEqual(outlet.unfit, { truncated: 2 });
  give();
  t.deepEqual(outlet.unfit, {});
  outlet.drop('short');
  t.deepEqual(outlet.unfit, { short: 1 });
});

test('what a header or a driver claims takes no memory: a ring grows with the JPEGs that come', (t) => {
  const posted: ThreadMessage[] = [];
  const outlet = new Outlet((message) => posted.push(message));
  outlet.demand = 1;
  const format = { fourcc: 'JPEG', width: 8192, height: 8192, stride: 0, range: 'full' } as const;
  const give = (length: number) => outlet.frame(new Uint8Array(length), format, 1, Date.now(), 0xffff_ffff);
  give(1000);
  give(9_000_000);
  give(32_000_000);
  const sizes = posted.flatMap((message) => (message.type === 'ring' ? [message.buffer.byteLength] : []));
  t.is(sizes.length, 3);
  t.true((sizes[0] as number) < 6 * 9_000_000);
  t.true((sizes[1] as number) < 6 * 19_000_000);
  t.true((sizes[2] as number) < 4 * 64_000_000, 'with fewer slots, of which only what frames fill is touched');
});

test('a source whose size is another with each frame gets few rings, and what has none is counted', (t) => {
  const posted: ThreadMessage[] = [];
  const outlet = new Outlet((message) => posted.push(message));
  outlet.demand = 1;
  const give = (width: number) =>
    outlet.frame(
      new Uint8Array(100),
      { fourcc: 'JPEG', width, height: 8, stride: 0, range: 'full' },
      width,
      Date.now(),
    );
  const given = Array.from({ length: 1000 }, (_, i) => give(1 + i)).filter(Boolean).length;
  const rings = posted.filter(({ type }) => type === 'ring').length;
  t.is(given, rings);
  t.true(rings >= 4 && rings < 100, `${rings} rings`);
  outlet.report(false);
  const report = posted.findLast((message) => message.type === 'report');
  t.is(report?.type === 'report' && report.dropped['format-changes'], 1000 - rings);
});

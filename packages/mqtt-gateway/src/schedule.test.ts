import { mock } from 'node:test';
import test from 'ava';
import { faultOfCron, schedule, type Tick } from './schedule.js';

/** The first ticks of a schedule. */
function ticksOf(plan: Parameters<typeof schedule>[0], count: number, onTick = (_: Tick) => {}): Promise<Tick[]> {
  return new Promise((resolve) => {
    const ticks: Tick[] = [];
    const running = schedule(plan, (tick) => {
      ticks.push(tick);
      onTick(tick);
      if (ticks.length < count) return;
      running.close();
      resolve(ticks);
    });
  });
}

test.serial('an interval starts at once, and ticks that come too late are skipped', async (t) => {
  const ticks = await ticksOf({ every: 100 }, 3, () => {
    // Something else keeps the process busy.
    const since = performance.now();
    while (performance.now() - since < 250);
  });
  t.true((ticks[1]?.missed ?? 0) >= 1);
  t.true((ticks[2]?.missed ?? 0) >= 1);
});

test.serial('a pattern with seconds follows the clock', async (t) => {
  const [tick] = await ticksOf({ cron: '* * * * * *' }, 1);
  t.true(tick && tick.interval > 0 && tick.interval <= 1000);
});

test.serial('without a plan there are no ticks', (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  t.teardown(() => mock.timers.reset());
  const ticks: string[] = [];
  for (const plan of [{}, { every: 60_000 }, { cron: '0 * * * *' }])
    t.teardown(schedule(plan, () => ticks.push(Object.keys(plan).join())).close);
  mock.timers.tick(2 * 3_600_000);
  t.deepEqual(new Set(ticks), new Set(['every', 'cron']));
});

test('the fault of an invalid pattern is described', (t) => {
  t.is(faultOfCron('0 7-19 * * *'), undefined);
  t.is(faultOfCron('*/10 * * * * *'), undefined);
  t.is(faultOfCron('0 0 30 2 *'), 'it never comes');
  t.truthy(faultOfCron('every day'));
  t.is(faultOfCron('99 * * * *'), 'Invalid value for minute: 99');
  t.is(faultOfCron('* * * * 8'), 'Invalid value for weekday: 8');
  t.is(faultOfCron('0 0 32 * *'), 'Invalid value for day: 32');
  t.is(faultOfCron('0 0 1 0 *'), 'Invalid value for month: 0');
});

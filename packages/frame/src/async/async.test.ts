import test from 'ava';
import { BackOff, Emitter, Lock, subscription, within } from './index.js';

const never = new Promise<never>(() => {});

test('a subscription is closed once, by close or by the end of a using block', (t) => {
  let closed = 0;
  const made = subscription(() => {
    closed += 1;
  });
  {
    using _ = made;
    t.is(closed, 0);
  }
  made.close();
  t.is(closed, 1);
});

test('an emitter calls every listener that is subscribed, a function added twice twice', (t) => {
  const seen: string[] = [];
  const emitter = new Emitter<string>();
  const listen = (event: string): void => void seen.push(event);
  const [first] = [emitter.subscribe(listen), emitter.subscribe(listen)];
  emitter.emit('a');
  first.close();
  emitter.emit('b');
  t.deepEqual(seen, ['a', 'a', 'b']);
  t.is(emitter.size, 1);
});

test('a listener that throws does not keep the others from being called', (t) => {
  const errors: unknown[] = [];
  const seen: string[] = [];
  const emitter = new Emitter<string>((error) => errors.push(error));
  emitter.subscribe(() => {
    throw new Error('mine');
  });
  emitter.subscribe((event) => seen.push(event));
  emitter.emit('a');
  t.deepEqual(seen, ['a']);
  t.is(errors.length, 1);
});

test('a listener ends when its signal aborts', (t) => {
  const controller = new AbortController();
  const emitter = new Emitter<string>();
  emitter.subscribe(() => t.fail(), { signal: controller.signal });
  controller.abort();
  emitter.subscribe(() => t.fail(), { signal: controller.signal });
  emitter.emit('a');
  t.is(emitter.size, 0);
});

test('waits double from the first to the longest, each between half of its time and all of it', (t) => {
  const backOff = new BackOff({ minMs: 100, maxMs: 1000 });
  for (const full of [100, 200, 400, 800, 1000, 1000]) {
    const wait = backOff.next();
    t.true(wait >= full / 2 && wait <= full, `${wait} of ${full}`);
  }
  backOff.reset();
  t.true(backOff.next() <= 100);
  t.true(backOff.longest() >= 500);
  t.true(backOff.next() >= 500);
});

test('exclusive tasks run alone and in order; one that fails does not stop the next', async (t) => {
  const lock = new Lock();
  const log: string[] = [];
  const task = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise(setImmediate);
    log.push(`${name} ends`);
    if (name === 'a') throw new Error(name);
    return name;
  };
  const [a, b] = [lock.exclusive(task('a')), lock.exclusive(task('b'))];
  await t.throwsAsync(a, { message: 'a' });
  t.is(await b, 'b');
  t.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends']);
  t.is(lock.pending, 0);
});

test('shared tasks run side by side, and never beside an exclusive one', async (t) => {
  const lock = new Lock();
  const log: string[] = [];
  let finish = (): void => {};
  const waiting = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const shared = (name: string) =>
    lock.shared(async () => {
      log.push(`${name} begins`);
      await waiting;
      log.push(`${name} ends`);
    });
  const running = [shared('a'), shared('b')];
  const exclusive = lock.exclusive(async () => log.push('exclusive'));
  const late = lock.shared(async () => log.push('late'));
  t.deepEqual(log, ['a begins', 'b begins']);
  finish();
  await Promise.all([...running, exclusive, late]);
  t.deepEqual(log, ['a begins', 'b begins', 'a ends', 'b ends', 'exclusive', 'late']);
});

test('a task beyond the limit is rejected, and one that is done makes room', async (t) => {
  const lock = new Lock({ limit: 2, overflow: (limit) => new Error(`more than ${limit}`) });
  const tasks = [lock.exclusive(async () => 1), lock.shared(async () => 2)];
  await t.throwsAsync(
    lock.shared(async () => 3),
    { message: 'more than 2' },
  );
  t.deepEqual(await Promise.all(tasks), [1, 2]);
  t.is(await lock.exclusive(async () => 4), 4);
});

test('within gives what comes in time, and undefined at the limit or when the signal aborts', async (t) => {
  t.is(await within(Promise.resolve(7), 1000), 7);
  t.is(await within(never, 1), undefined);
  t.is(await within(never, 60_000, AbortSignal.abort()), undefined);
  const controller = new AbortController();
  const waiting = within(never, 60_000, controller.signal);
  controller.abort();
  t.is(await waiting, undefined);
  await t.throwsAsync(within(Promise.reject(new Error('no')), 1000), { message: 'no' });
});

test('without a time limit only the signal ends the waiting', async (t) => {
  t.is(await within(Promise.resolve(7), Number.POSITIVE_INFINITY), 7);
  const controller = new AbortController();
  const waiting = within(new Promise(() => {}), Number.POSITIVE_INFINITY, controller.signal);
  controller.abort();
  t.is(await waiting, undefined);
});

import test from 'ava';
import { Places } from './places.js';
import { Turns, type TurnTaker } from './turns.js';

/** Takers of one pool, whose work the test ends by hand. */
class Bench {
  readonly #turns;
  /** Names of those who have begun, in order. */
  readonly begun: string[] = [];
  /** Milliseconds; the clock goes when it is told to. */
  now = 0;
  readonly #ends = new Map<string, { result(): void; ended(): void }>();

  constructor(places: number, threads = places, open = places) {
    const clock = (): number => this.now;
    this.#turns = new Turns(new Places(places, open, clock), threads, clock);
  }

  /** @param name `garage/640`: the source and, behind the stroke, one of its takers; `large` takes much memory */
  taker(name: string, sources: Map<string, object>): TurnTaker {
    const [camera = ''] = name.split('/');
    const source = sources.get(camera) ?? {};
    sources.set(camera, source);
    return {
      source,
      isLarge: name.endsWith('/large'),
      begin: () => {
        this.begun.push(name);
        let end = { result: () => {}, ended: () => {} };
        const result = new Promise<() => void>((resolve) => {
          end = { ...end, result: () => resolve(() => {}) };
        });
        const ended = new Promise<void>((resolve) => {
          end = { ...end, ended: resolve };
        });
        this.#ends.set(name, end);
        return { result, ended };
      },
    };
  }

  request(taker: TurnTaker): void {
    this.#turns.request(taker);
  }

  withdraw(taker: TurnTaker): void {
    this.#turns.withdraw(taker);
  }

  /** Ends somebody's work as it should end. */
  async finish(name: string): Promise<void> {
    this.#ends.get(name)?.ended();
    this.#ends.get(name)?.result();
    await settled();
  }

  /** Its time is up, and its thread goes on. */
  async giveUp(name: string): Promise<void> {
    this.#ends.get(name)?.result();
    await settled();
  }

  /** The thread is done with it at last. */
  async end(name: string): Promise<void> {
    this.#ends.get(name)?.ended();
    await settled();
  }
}

/** Promises that have been resolved have called back. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function bench(names: readonly string[], places = 1, threads = places, open = places) {
  const bench = new Bench(places, threads, open);
  const sources = new Map<string, object>();
  const takers = new Map(names.map((name) => [name, bench.taker(name, sources)]));
  const request = (...wanting: string[]) => {
    for (const name of wanting) bench.request(takers.get(name) as TurnTaker);
  };
  return { bench, request, withdraw: (name: string) => bench.withdraw(takers.get(name) as TurnTaker) };
}

test('a camera with many renditions gets no larger share than one with a single one', async (t) => {
  const many = Array.from({ length: 16 }, (_, i) => `greedy/${i}`);
  const { bench: it, request } = bench([...many, 'modest/0']);
  request(...many, 'modest/0');
  for (let turn = 0; turn < 12; turn++) {
    const name = it.begun.at(-1) as string;
    request(name);
    await it.finish(name);
  }
  const cameras = it.begun.map((name) => name.split('/')[0]);
  // The first two turns were over or taken before the other one came.
  t.deepEqual(
    cameras.slice(2, 12),
    Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 'modest' : 'greedy')),
  );
});

test('renditions of one camera take turns among themselves', async (t) => {
  const { bench: it, request } = bench(['a/0', 'a/1', 'a/2']);
  request('a/0', 'a/1', 'a/2');
  for (let turn = 0; turn < 6; turn++) {
    const name = it.begun.at(-1) as string;
    request(name);
    await it.finish(name);
  }
  t.deepEqual(it.begun.slice(0, 6), ['a/0', 'a/1', 'a/2', 'a/0', 'a/1', 'a/2']);
});

test('who withdraws has no turn', async (t) => {
  const { bench: it, request, withdraw } = bench(['a/0', 'b/0', 'c/0']);
  request('a/0', 'b/0', 'c/0');
  withdraw('b/0');
  await it.finish('a/0');
  t.deepEqual(it.begun, ['a/0', 'c/0']);
});

test('a camera whose frame takes too long gets no turn until its thread is done, and others do', async (t) => {
  const { bench: it, request } = bench(['slow/0', 'slow/1', 'quick/0'], 1, 2);
  request('slow/0', 'slow/1', 'quick/0');
  await it.giveUp('slow/0');
  t.deepEqual(it.begun, ['slow/0', 'quick/0']);
  await it.finish('quick/0');
  request('quick/0');
  t.deepEqual(it.begun, ['slow/0', 'quick/0', 'quick/0']);
  await it.finish('quick/0');
  await it.end('slow/0');
  t.deepEqual(it.begun, ['slow/0', 'quick/0', 'quick/0', 'slow/1']);
});

test('of frames that take much memory one is worked on at a time, and others go on beside it', async (t) => {
  const { bench: it, request } = bench(['a/large', 'b/large', 'c/0', 'd/0'], 3);
  request('a/large', 'b/large', 'c/0', 'd/0');
  t.deepEqual(it.begun, ['a/large', 'c/0', 'd/0']);
  await it.finish('c/0');
  t.is(it.begun.length, 3, 'the other large one waits');
  await it.finish('a/large');
  t.deepEqual(it.begun.slice(3), ['b/large']);
});

test('with every thread in work that takes too long nothing begins, and the first one that is done makes room', async (t) => {
  const { bench: it, request } = bench(['a/0', 'b/0', 'c/0'], 1, 2);
  request('a/0', 'b/0', 'c/0');
  await it.giveUp('a/0');
  await it.giveUp('b/0');
  t.deepEqual(it.begun, ['a/0', 'b/0']);
  await it.end('a/0');
  t.deepEqual(it.begun, ['a/0', 'b/0', 'c/0']);
});

test('a camera whose frames take long leaves the last free place to those whose frames do not', async (t) => {
  const { bench: it, request } = bench(['slow/0', 'slow/1', 'quick/0'], 2);
  request('quick/0', 'slow/0');
  it.now = 500;
  await it.finish('quick/0');
  await it.finish('slow/0');
  request('quick/0');
  await it.finish('quick/0');
  it.begun.splice(0);
  request('slow/0', 'slow/1', 'quick/0');
  t.deepEqual(it.begun, ['slow/0', 'quick/0']);
});

test('where there is but one place it rests for as long as its last frame took', async (t) => {
  const { bench: it, request } = bench(['slow/0', 'quick/0'], 1);
  request('slow/0');
  it.now = 300;
  await it.finish('slow/0');
  request('quick/0');
  await it.finish('quick/0');
  request('slow/0');
  t.deepEqual(it.begun, ['slow/0', 'quick/0']);
  it.now = 599;
  request('quick/0');
  t.deepEqual(it.begun, ['slow/0', 'quick/0', 'quick/0']);
  it.now = 600;
  await it.finish('quick/0');
  t.deepEqual(it.begun, ['slow/0', 'quick/0', 'quick/0', 'slow/0']);
});

test('another place is opened for it where there may be one', async (t) => {
  const { bench: it, request } = bench(['slow/0', 'quick/0'], 2, 2, 1);
  request('slow/0');
  it.now = 300;
  await it.finish('slow/0');
  request('quick/0');
  await it.finish('quick/0');
  request('slow/0', 'quick/0');
  t.deepEqual(it.begun, ['slow/0', 'quick/0', 'slow/0', 'quick/0']);
});

test('cameras whose frames all take long do not hold each other up', async (t) => {
  const { bench: it, request } = bench(['a/0', 'b/0'], 2);
  for (let round = 0; round < 3; round++) {
    request('a/0', 'b/0');
    it.now += 300;
    await it.finish('a/0');
    await it.finish('b/0');
  }
  t.is(it.begun.length, 6);
});

test('who is held up for a second by the first frame of another camera gets a place of its own', (t) => {
  const { bench: it, request } = bench(['slow/0', 'quick/0'], 2, 2, 1);
  request('slow/0', 'quick/0');
  it.now = 999;
  request('quick/0');
  t.deepEqual(it.begun, ['slow/0']);
  it.now = 1000;
  request('quick/0');
  t.deepEqual(it.begun, ['slow/0', 'quick/0']);
});

test('but not who waits for a frame of its own', (t) => {
  const { bench: it, request } = bench(['slow/0', 'slow/1'], 2, 2, 1);
  request('slow/0', 'slow/1');
  it.now = 5000;
  request('slow/1');
  t.deepEqual(it.begun, ['slow/0']);
});

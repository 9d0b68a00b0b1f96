import test from 'ava';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { FairQueue, type QueueMember } from './fair-queue.js';

/** Members of one queue, whose jobs the test ends. */
class Bench {
  readonly #queue;
  /** Names of the members whose jobs have started, in order. */
  readonly started: string[] = [];
  /** Milliseconds, advanced by the test. */
  now = 0;
  readonly #ends = new Map<string, { result(): void; ended(): void }>();

  constructor(max: number, threads = max, initial = max) {
    const clock = (): number => this.now;
    this.#queue = new FairQueue(new ConcurrencyLimit(max, initial, clock), threads, clock);
  }

  /** @param name `garage/640`: the source and, after the slash, one of its members; `large` needs much memory */
  member(name: string, sources: Map<string, object>): QueueMember {
    const [camera = ''] = name.split('/');
    const source = sources.get(camera) ?? {};
    sources.set(camera, source);
    return {
      source,
      isLarge: name.endsWith('/large'),
      startJob: () => {
        this.started.push(name);
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

  add(member: QueueMember): void {
    this.#queue.add(member);
  }

  remove(member: QueueMember): void {
    this.#queue.remove(member);
  }

  /** A job ends within its time limit. */
  async finish(name: string): Promise<void> {
    this.#ends.get(name)?.ended();
    this.#ends.get(name)?.result();
    await settled();
  }

  /** A job exceeds its time limit, and its thread runs on. */
  async giveUp(name: string): Promise<void> {
    this.#ends.get(name)?.result();
    await settled();
  }

  /** The thread is done with a job that has exceeded its time limit. */
  async end(name: string): Promise<void> {
    this.#ends.get(name)?.ended();
    await settled();
  }
}

/** Resolves when resolved promises have called back. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function bench(names: readonly string[], max = 1, threads = max, initial = max) {
  const made = new Bench(max, threads, initial);
  const sources = new Map<string, object>();
  const members = new Map(names.map((name) => [name, made.member(name, sources)]));
  const request = (...wanting: string[]) => {
    for (const name of wanting) made.add(members.get(name) as QueueMember);
  };
  return { bench: made, request, remove: (name: string) => made.remove(members.get(name) as QueueMember) };
}

test('a camera with many renditions gets no larger share than one with a single one', async (t) => {
  const many = Array.from({ length: 16 }, (_, i) => `greedy/${i}`);
  const { bench: it, request } = bench([...many, 'modest/0']);
  request(...many, 'modest/0');
  for (let turn = 0; turn < 12; turn++) {
    const name = it.started.at(-1) as string;
    request(name);
    await it.finish(name);
  }
  const cameras = it.started.map((name) => name.split('/')[0]);
  // The first two jobs had started before the other camera came.
  t.deepEqual(
    cameras.slice(2, 12),
    Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 'modest' : 'greedy')),
  );
});

test('renditions of one camera take turns among themselves', async (t) => {
  const { bench: it, request } = bench(['a/0', 'a/1', 'a/2']);
  request('a/0', 'a/1', 'a/2');
  for (let turn = 0; turn < 6; turn++) {
    const name = it.started.at(-1) as string;
    request(name);
    await it.finish(name);
  }
  t.deepEqual(it.started.slice(0, 6), ['a/0', 'a/1', 'a/2', 'a/0', 'a/1', 'a/2']);
});

test('a member that is removed has no turn', async (t) => {
  const { bench: it, request, remove } = bench(['a/0', 'b/0', 'c/0']);
  request('a/0', 'b/0', 'c/0');
  remove('b/0');
  await it.finish('a/0');
  t.deepEqual(it.started, ['a/0', 'c/0']);
});

test('a camera whose frame exceeds the time limit gets no turn until its thread is done, and others do', async (t) => {
  const { bench: it, request } = bench(['slow/0', 'slow/1', 'quick/0'], 1, 2);
  request('slow/0', 'slow/1', 'quick/0');
  await it.giveUp('slow/0');
  t.deepEqual(it.started, ['slow/0', 'quick/0']);
  await it.finish('quick/0');
  request('quick/0');
  t.deepEqual(it.started, ['slow/0', 'quick/0', 'quick/0']);
  await it.finish('quick/0');
  await it.end('slow/0');
  t.deepEqual(it.started, ['slow/0', 'quick/0', 'quick/0', 'slow/1']);
});

test('of frames that need much memory one is encoded at a time, and others meanwhile', async (t) => {
  const { bench: it, request } = bench(['a/large', 'b/large', 'c/0', 'd/0'], 3);
  request('a/large', 'b/large', 'c/0', 'd/0');
  t.deepEqual(it.started, ['a/large', 'c/0', 'd/0']);
  await it.finish('c/0');
  t.is(it.started.length, 3, 'the other large one waits');
  await it.finish('a/large');
  t.deepEqual(it.started.slice(3), ['b/large']);
});

test('while every thread exceeds its time limit no job starts, until the first thread is done', async (t) => {
  const { bench: it, request } = bench(['a/0', 'b/0', 'c/0'], 1, 2);
  request('a/0', 'b/0', 'c/0');
  await it.giveUp('a/0');
  await it.giveUp('b/0');
  t.deepEqual(it.started, ['a/0', 'b/0']);
  await it.end('a/0');
  t.deepEqual(it.started, ['a/0', 'b/0', 'c/0']);
});

test('a camera whose frames take long leaves the last free thread to those whose frames do not', async (t) => {
  const { bench: it, request } = bench(['slow/0', 'slow/1', 'quick/0'], 2);
  request('quick/0', 'slow/0');
  it.now = 500;
  await it.finish('quick/0');
  await it.finish('slow/0');
  request('quick/0');
  await it.finish('quick/0');
  it.started.splice(0);
  request('slow/0', 'slow/1', 'quick/0');
  t.deepEqual(it.started, ['slow/0', 'quick/0']);
});

test('with a single thread it rests for as long as its last frame took', async (t) => {
  const { bench: it, request } = bench(['slow/0', 'quick/0'], 1);
  request('slow/0');
  it.now = 300;
  await it.finish('slow/0');
  request('quick/0');
  await it.finish('quick/0');
  request('slow/0');
  t.deepEqual(it.started, ['slow/0', 'quick/0']);
  it.now = 599;
  request('quick/0');
  t.deepEqual(it.started, ['slow/0', 'quick/0', 'quick/0']);
  it.now = 600;
  await it.finish('quick/0');
  t.deepEqual(it.started, ['slow/0', 'quick/0', 'quick/0', 'slow/0']);
});

test('the limit is raised for it if possible', async (t) => {
  const { bench: it, request } = bench(['slow/0', 'quick/0'], 2, 2, 1);
  request('slow/0');
  it.now = 300;
  await it.finish('slow/0');
  request('quick/0');
  await it.finish('quick/0');
  request('slow/0', 'quick/0');
  t.deepEqual(it.started, ['slow/0', 'quick/0', 'slow/0', 'quick/0']);
});

test('cameras whose frames all take long do not delay each other', async (t) => {
  const { bench: it, request } = bench(['a/0', 'b/0'], 2);
  for (let round = 0; round < 3; round++) {
    request('a/0', 'b/0');
    it.now += 300;
    await it.finish('a/0');
    await it.finish('b/0');
  }
  t.is(it.started.length, 6);
});

test('the limit is raised for a camera that waits a second for the first frame of another one', (t) => {
  const { bench: it, request } = bench(['slow/0', 'quick/0'], 2, 2, 1);
  request('slow/0', 'quick/0');
  it.now = 999;
  request('quick/0');
  t.deepEqual(it.started, ['slow/0']);
  it.now = 1000;
  request('quick/0');
  t.deepEqual(it.started, ['slow/0', 'quick/0']);
});

test('but not for one that waits for a frame of its own', (t) => {
  const { bench: it, request } = bench(['slow/0', 'slow/1'], 2, 2, 1);
  request('slow/0', 'slow/1');
  it.now = 5000;
  request('slow/1');
  t.deepEqual(it.started, ['slow/0']);
});

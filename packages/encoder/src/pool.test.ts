import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { MAX_SCANS, silentLogger } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { findCodec } from './codec/find.js';
import { formatOf, frameOf, scene } from './images.fixture.js';
import { compileKernels } from './kernels.js';
import type { EncodeJob } from './messages.js';
import { EncodePool } from './pool.js';
import { scanBomb } from './scan-bomb.fixture.js';

const image = scene(64, 48);
const format = formatOf('YUYV', image, 'full');
const bytes = shared(frameOf(image, format));
const JOB: EncodeJob = { bytes, format, rendition: {}, quality: 80, subsampling: 'auto' };

function shared(frame: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(frame.length));
  copy.set(frame);
  return copy;
}

async function open(
  t: ExecutionContext,
  codec: 'turbo' | 'portable',
  threads: number,
  timeLimit = 60_000,
): Promise<EncodePool> {
  const [kernels, { choice }] = await Promise.all([
    compileKernels(),
    findCodec({ codec, library: undefined, logger: silentLogger }),
  ]);
  t.is(choice.name, codec);
  return new EncodePool({ setup: { kernels, codec: choice }, threads, timeLimit, logger: silentLogger });
}

// Threads are seen as the process starts them: one test at a time.
for (const codec of ['turbo', 'portable'] as const)
  test.serial(`${codec}: a pool may be closed at any time: no thread is terminated while it starts`, async (t) => {
    const ready = new Map<Worker, boolean>();
    const add = (thread: Worker): void => {
      ready.set(thread, false);
      thread.once('message', () => ready.set(thread, true));
    };
    process.on('worker', add);
    t.teardown(() => process.off('worker', add));
    const begin = performance.now();
    const first = await open(t, codec, 1);
    await first.run(JOB).result;
    const start = performance.now() - begin;
    await first.close();
    for (let part = 0; part < 1; part += 1 / 8) {
      const pool = await open(t, codec, 2);
      const answers = Promise.allSettled([pool.run(JOB).result, pool.run(JOB).result]);
      await setTimeout(start * part);
      // Terminating a thread at the wrong moment aborts this process.
      await pool.close(0);
      const kinds = (await answers).map((answer) => (answer.status === 'fulfilled' ? answer.value.kind : 'cut short'));
      if (codec === 'turbo') t.deepEqual(kinds, ['encoded', 'encoded']);
    }
    t.true(ready.size > 8);
    t.deepEqual(
      [...ready.values()].filter((was) => !was),
      [],
    );
  });

test.serial('closing a pool waits for its native jobs, however long they take', async (t) => {
  const size = 4096;
  const large: EncodeJob = {
    ...JOB,
    bytes: shared(new Uint8Array(size * size * 2).fill(128)),
    format: { fourcc: 'YUYV', width: size, height: size, stride: size * 2, range: 'full' },
  };
  const pool = await open(t, 'turbo', 1);
  // The first one loads the library as well.
  await pool.run(large).result;
  const answer = await pool.run(large).result;
  if (answer.kind !== 'encoded') return t.fail(answer.kind);
  // Longer than the timeout for JavaScript.
  const answers = Array.from({ length: Math.ceil(2 / answer.seconds) }, () => pool.run(large).result);
  await pool.close();
  for (const { kind } of await Promise.all(answers)) t.is(kind, 'encoded');
});

/** Half a second of native code at the least, some seconds of a script. */
const LONG_JOB: Readonly<Record<'turbo' | 'portable', EncodeJob>> = {
  turbo: bombJob(5700, 5700, 1),
  portable: bombJob(1700, 1700, 3),
};

function bombJob(width: number, height: number, components: 1 | 3): EncodeJob {
  const bomb = scanBomb(width, height, MAX_SCANS - 1, components);
  return {
    ...JOB,
    bytes: shared(bomb),
    format: { fourcc: 'MJPG', width, height, stride: 0, range: 'full' },
    rendition: { quality: 50 },
  };
}

/** A limit that is too short for an ordinary job, or too long for the long one, says nothing: machines differ. */
async function tryLimit(t: ExecutionContext, codec: 'turbo' | 'portable', limitMs: number) {
  const pool = await open(t, codec, 1, limitMs);
  const isEncoded = async () => (await pool.run(JOB).result).kind === 'encoded';
  try {
    // A thread's first job loads its code.
    if (!(await isEncoded())) return 'too short';
    const long = pool.run(LONG_JOB[codec]);
    let hasEnded = false;
    void long.ended.then(() => {
      hasEnded = true;
    });
    const result = await long.result;
    if (result.kind !== 'rejected' || result.fault !== 'time-limit') return 'too long';
    if (codec === 'turbo') t.false(hasEnded, 'native code runs on');
    if (!(await isEncoded())) return 'too short';
    await long.ended;
    return (await isEncoded()) ? 'held' : 'too short';
  } finally {
    await pool.close();
  }
}

for (const codec of ['turbo', 'portable'] as const)
  test.serial(`${codec}: a job that exceeds its time limit is rejected, and others run meanwhile`, async (t) => {
    let limitMs = codec === 'turbo' ? 200 : 500;
    for (let attempt = 1; ; attempt++) {
      const outcome = await tryLimit(t, codec, limitMs);
      if (outcome === 'held') break;
      t.log(`${limitMs} ms is ${outcome}`);
      if (attempt === 6) return t.fail('no limit held');
      limitMs *= outcome === 'too short' ? 1.6 : 0.7;
      limitMs = Math.max(100, Math.round(limitMs));
    }
    t.pass();
  });

test.serial('closing a pool does not wait for native jobs that have exceeded their time limit', async (t) => {
  const pool = await open(t, 'turbo', 1, 100);
  await pool.run(JOB).result;
  const long = pool.run(LONG_JOB.turbo);
  let hasEnded = false;
  void long.ended.then(() => {
    hasEnded = true;
  });
  await long.result;
  await pool.close();
  t.false(hasEnded);
  await long.ended;
});

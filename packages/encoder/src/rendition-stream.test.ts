import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { FakeCamera, Watcher } from './camera.fixture.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { FairQueue } from './fair-queue.js';
import { formatOf, frameOf, scene } from './images.fixture.js';
import type { EncodeResult } from './messages.js';
import { settingsFrom } from './options.js';
import type { RunningJob } from './pool.js';
import { RenditionStream } from './rendition-stream.js';

const image = scene(16, 16);
const format = formatOf('GREY', image, 'full');
const bytes = frameOf(image, format);
const jpeg = { data: new Uint8Array(4), width: 16, height: 16 };

/** A stream whose jobs the test ends, and others that share its threads. */
function stream(limit: number, threads = limit) {
  const camera = new FakeCamera(format);
  const watcher = new Watcher();
  const jobs: { resolve(result: EncodeResult): void; reject(error: Error): void; giveUp(): void }[] = [];
  const reports: unknown[] = [];
  const run = (): RunningJob => {
    let giveUp = (): void => {};
    const tooLate = new Promise<EncodeResult>((resolve) => {
      giveUp = () => resolve({ kind: 'rejected', fault: 'time-limit' });
    });
    const done = new Promise<EncodeResult>((resolve, reject) => void jobs.push({ resolve, reject, giveUp }));
    const ended = done.then(
      () => {},
      () => {},
    );
    return { result: Promise.race([done, tooLate]), ended };
  };
  // The queue's clock stands still: on a busy machine a job would count as slow.
  const context = {
    queue: new FairQueue(new ConcurrencyLimit(limit, limit), threads, () => 0),
    settings: settingsFrom({ logger: silentLogger }),
    pool: { run },
    report: (error: unknown) => void reports.push(error),
  };
  const open = (source: FakeCamera, observer: Watcher): void => {
    const opened = new RenditionStream({ source, rendition: {}, sink: observer.sink, observer }, context);
    source.subscribe((frame) => opened.push(frame));
  };
  open(camera, watcher);
  /** The same with another camera. */
  const another = () => {
    const second = new FakeCamera(format);
    const other = new Watcher();
    open(second, other);
    return { camera: second, watcher: other };
  };
  return { camera, watcher, jobs, reports, another };
}

test('results are published as they are done: the topic keeps their order', async (t) => {
  const { camera, watcher, jobs } = stream(3);
  for (let i = 0; i < 3; i++) camera.send(bytes);
  t.is(jobs.length, 3);
  for (const i of [1, 0, 2]) {
    jobs[i]?.resolve({ kind: 'encoded', jpeg, seconds: 0.001 });
    await watcher.until(({ settled }) => settled === [2, 1, 3][i]);
  }
  t.deepEqual(
    watcher.frames.map(({ sequence }) => sequence),
    [2, 1, 3],
  );
  t.deepEqual(watcher.drops, []);
});

test('no more frames are encoded at a time than allowed, and a lease lasts as long as its job', async (t) => {
  const { camera, watcher, jobs } = stream(2);
  for (let i = 0; i < 2; i++) camera.send(bytes);
  t.false(camera.free);
  for (let i = 0; i < 3; i++) camera.send(bytes);
  t.is(jobs.length, 2);
  t.deepEqual(watcher.drops, ['busy', 'busy']);
  jobs[0]?.resolve({ kind: 'rejected', fault: 'corrupt' });
  await watcher.until(({ drops }) => drops.includes('corrupt'));
  t.is(jobs.length, 3);
  jobs[1]?.reject(new Error('gone'));
  await watcher.until(({ drops }) => drops.includes('encoder-died'));
  jobs[2]?.resolve({ kind: 'failed', error: { code: 'INTERNAL', message: 'out of luck', details: {} } });
  await watcher.until(({ drops }) => drops.includes('encoder-failed'));
  t.true(camera.free);
});

test('errors of the encoder are reported, faults of the frame are not', async (t) => {
  const { camera, watcher, jobs, reports } = stream(3);
  for (let i = 0; i < 3; i++) camera.send(bytes);
  const error = { code: 'INTERNAL', message: 'out of luck', details: {} };
  jobs[0]?.resolve({ kind: 'rejected', fault: 'truncated' });
  jobs[1]?.resolve({ kind: 'failed', error });
  await watcher.until(({ settled }) => settled === 2);
  t.deepEqual(reports, [error]);
});

test('a waiting frame that the camera has overwritten is dropped as overrun, and the next one is encoded', async (t) => {
  const { camera, watcher, jobs } = stream(1);
  camera.send(bytes);
  camera.send(bytes);
  camera.overwrite(bytes);
  jobs[0]?.resolve({ kind: 'encoded', jpeg, seconds: 0.001 });
  await watcher.until(({ settled }) => settled === 2);
  t.deepEqual(watcher.drops, ['overrun']);
  camera.send(bytes);
  t.is(jobs.length, 2);
});

test('a frame that exceeds the time limit is dropped, keeps its lease, and delays only its own camera', async (t) => {
  const { camera, watcher, jobs, another } = stream(1, 2);
  const other = another();
  camera.send(bytes);
  jobs[0]?.giveUp();
  await watcher.until(({ drops }) => drops.includes('time-limit'));
  t.false(camera.free);
  camera.send(bytes);
  other.camera.send(bytes);
  t.is(jobs.length, 2);
  jobs[1]?.resolve({ kind: 'encoded', jpeg, seconds: 0.001 });
  await other.watcher.until(({ frames }) => frames.length === 1);
  t.is(jobs.length, 2, 'the second frame of the first camera waits for the thread that has the first');
  camera.send(bytes);
  jobs[0]?.resolve({ kind: 'encoded', jpeg, seconds: 9 });
  // It causes no event: resolved promises have called back after this.
  await new Promise((resolve) => setImmediate(resolve));
  t.is(jobs.length, 3);
  t.deepEqual(watcher.frames, [], 'what comes too late is not shown');
  jobs[2]?.resolve({ kind: 'encoded', jpeg, seconds: 0.001 });
  await watcher.until(({ frames }) => frames.length === 1);
  t.true(camera.free);
});

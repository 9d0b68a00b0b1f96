import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  type FramehubError,
  type PixelFormat,
  type RawFrame,
  type Rendition,
  RingReader,
  silentLogger,
  subscription,
} from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { FakeCamera, Watcher } from './camera.fixture.js';
import { Encoder } from './encoder.js';
import { decoded, formatOf, frameOf, JPEG_FORMAT, psnr, rendered, scene } from './images.fixture.js';
import type { EncoderOptions } from './options.js';
import type { WriterMessage } from './ring-writer.fixture.js';

const small = scene(64, 48);
const smallFormat = formatOf('YUYV', small, 'full');
const smallBytes = frameOf(small, smallFormat);
const largeFormat: PixelFormat = { fourcc: 'YUYV', width: 1920, height: 1080, stride: 3840, range: 'full' };
const largeBytes = new Uint8Array(1920 * 1080 * 2).fill(128);

async function started(t: ExecutionContext, options: EncoderOptions = {}): Promise<Encoder> {
  const encoder = new Encoder({ threads: 1, ...options });
  t.teardown(() => encoder.close());
  await encoder.start();
  return encoder;
}

function watch(encoder: Encoder, camera: FakeCamera, rendition: Rendition = {}) {
  const watcher = new Watcher();
  const stop = encoder.rendition(camera, rendition, { observer: watcher }).start(watcher.sink);
  return { watcher, stop };
}

/** The threads that start while a test runs. */
function threadsOf(t: ExecutionContext): Worker[] {
  const threads: Worker[] = [];
  const add = (thread: Worker) => void threads.push(thread);
  process.on('worker', add);
  t.teardown(() => process.off('worker', add));
  return threads;
}

/** A JPEG made by the encoder itself. */
async function jpegOf(encoder: Encoder): Promise<Uint8Array> {
  const camera = new FakeCamera(smallFormat);
  const { watcher, stop } = watch(encoder, camera);
  camera.send(smallBytes);
  await watcher.until(({ settled }) => settled === 1);
  stop.close();
  return watcher.frames[0]?.data ?? new Uint8Array(0);
}

// Threads are counted and killed: one test at a time.
test.serial('a raw frame becomes a JPEG with the time and sequence of its capture', async (t) => {
  const encoder = await started(t);
  const camera = new FakeCamera(smallFormat);
  const { watcher } = watch(encoder, camera, { rotate: 90 });
  camera.send(smallBytes, 77, 1234.5);
  await watcher.until(({ settled }) => settled === 1);
  const [frame] = watcher.frames;
  t.deepEqual(watcher.drops, []);
  t.is(frame?.sequence, 77);
  t.is(frame?.capturedAt, 1234.5);
  t.deepEqual([frame?.width, frame?.height], [48, 64]);
  t.true(psnr(decoded(frame?.data ?? new Uint8Array(0)), rendered(small, { rotate: 90 }, 64)) > 33);
  t.is(watcher.seconds.length, 1);
  t.true((watcher.seconds[0] ?? 0) > 0);
  t.true(camera.free);
});

test.serial('nothing runs before the first viewer, and no thread before the first frame', async (t) => {
  const threads = threadsOf(t);
  const encoder = await started(t);
  const camera = new FakeCamera(smallFormat);
  const producer = encoder.rendition(camera, {});
  t.is(camera.listeners, 0);
  const watcher = new Watcher();
  const stop = producer.start(watcher.sink);
  t.is(camera.listeners, 1);
  t.is(threads.length, 0);
  stop.close();
  t.is(camera.listeners, 0);
});

test.serial(
  'a JPEG that already is what the rendition asks for passes through unchanged, without a thread',
  async (t) => {
    const encoder = await started(t);
    const jpeg = await jpegOf(encoder);
    const threads = threadsOf(t);
    const camera = new FakeCamera(JPEG_FORMAT(small), 2);
    for (const rendition of [{}, { width: 64 }, { width: 4000 }, { rotate: 0, flip: 'none' }] as const) {
      const { watcher, stop } = watch(encoder, camera, rendition);
      for (let i = 0; i < 3; i++) camera.send(Buffer.concat([jpeg, Buffer.alloc(100)]));
      stop.close();
      t.is(watcher.frames.length, 3);
      t.deepEqual(new Uint8Array(watcher.frames[2]?.data ?? []), new Uint8Array(jpeg));
      t.deepEqual([watcher.frames[0]?.width, watcher.frames[0]?.height], [64, 48]);
      t.is(watcher.frames[0]?.data.buffer.byteLength, jpeg.length);
      t.not(watcher.frames[0]?.data.buffer, watcher.frames[1]?.data.buffer);
      t.deepEqual(watcher.seconds, []);
    }
    t.is(threads.length, 0);
    t.true(camera.free);
  },
);

test.serial('a broken JPEG is dropped with its fault, passed through or rotated', async (t) => {
  const encoder = await started(t);
  const jpeg = await jpegOf(encoder);
  const camera = new FakeCamera(JPEG_FORMAT(small));
  for (const rendition of [{}, { rotate: 90 }] as const) {
    const { watcher, stop } = watch(encoder, camera, rendition);
    const broken = [
      new Uint8Array(0),
      jpeg.subarray(0, 300),
      new TextEncoder().encode('not an image'),
      jpeg.subarray(0, -9),
    ];
    for (const [i, bytes] of broken.entries()) {
      camera.send(bytes);
      await watcher.until(({ settled }) => settled === i + 1);
    }
    camera.send(jpeg);
    await watcher.until(({ frames }) => frames.length === 1);
    t.deepEqual(watcher.drops, ['empty', 'truncated', 'not-jpeg', 'truncated']);
    t.true(camera.free);
    stop.close();
  }
});

test.serial('while the encoder is busy the newest frame waits and the others are dropped', async (t) => {
  const encoder = await started(t);
  const camera = new FakeCamera(smallFormat, 16);
  const { watcher } = watch(encoder, camera);
  for (let i = 0; i < 10; i++) camera.send(smallBytes);
  await watcher.until(({ settled }) => settled === 10);
  t.deepEqual(
    watcher.frames.map(({ sequence }) => sequence),
    [1, 10],
  );
  t.deepEqual(watcher.drops, Array(8).fill('busy'));
  t.true(camera.free);
});

test.serial('renditions take turns: none starves another', async (t) => {
  const encoder = await started(t);
  const camera = new FakeCamera(smallFormat, 8);
  const watchers = [{}, { rotate: 90 }, { rotate: 180 }].map(
    (rendition) => watch(encoder, camera, rendition as Rendition).watcher,
  );
  const order: number[] = [];
  for (const [i, watcher] of watchers.entries()) {
    const encoded = watcher.encoded.bind(watcher);
    watcher.encoded = (seconds) => {
      order.push(i);
      encoded(seconds);
    };
  }
  for (let round = 1; round <= 5; round++) {
    camera.send(smallBytes);
    await Promise.all(watchers.map((watcher) => watcher.until(({ settled }) => settled === round)));
  }
  t.deepEqual(order, Array(5).fill([0, 1, 2]).flat());
});

test.serial('a camera that starts again may count its frames from anywhere', async (t) => {
  const encoder = await started(t);
  const camera = new FakeCamera(smallFormat);
  const { watcher } = watch(encoder, camera);
  for (const [i, sequence] of [1000, 1001, 0, 1].entries()) {
    camera.send(smallBytes, sequence);
    await watcher.until(({ settled }) => settled === i + 1);
  }
  t.deepEqual(
    watcher.frames.map(({ sequence }) => sequence),
    [1000, 1001, 0, 1],
  );
});

test.serial('a thread that dies costs its frame and nothing else', async (t) => {
  const threads = threadsOf(t);
  const errors: string[] = [];
  const logger = { ...silentLogger, error: (_data: object, message: string) => void errors.push(message) };
  // Its encode is JavaScript, which ends at once where native code would run on to its end.
  const encoder = await started(t, { logger, codec: 'portable' });
  const camera = new FakeCamera(largeFormat);
  const { watcher } = watch(encoder, camera);
  camera.send(largeBytes);
  await watcher.until(({ frames }) => frames.length === 1);
  camera.send(largeBytes);
  await threads[0]?.terminate();
  await watcher.until(({ settled }) => settled === 2);
  t.deepEqual(watcher.drops, ['encoder-died']);
  t.is(errors.length, 1);
  t.true(camera.free);
  camera.send(largeBytes);
  await watcher.until(({ settled }) => settled === 3);
  t.is(watcher.frames.length, 2);
  t.is(threads.length, 2);
});

test.serial('a thread that dies while it starts costs its frame and nothing else', async (t) => {
  const threads = threadsOf(t);
  const encoder = await started(t);
  const camera = new FakeCamera(smallFormat);
  const { watcher } = watch(encoder, camera);
  process.once('worker', (thread) => void thread.terminate());
  camera.send(smallBytes);
  await watcher.until(({ settled }) => settled === 1);
  t.deepEqual(watcher.drops, ['encoder-died']);
  t.true(camera.free);
  camera.send(smallBytes);
  await watcher.until(({ settled }) => settled === 2);
  t.is(watcher.frames.length, 1);
  t.true(threads.length >= 2);
});

test.serial('a rendition that is stopped while it encodes publishes nothing and keeps nothing', async (t) => {
  const encoder = await started(t);
  const camera = new FakeCamera(smallFormat);
  const first = watch(encoder, camera);
  camera.send(smallBytes);
  camera.send(smallBytes);
  first.stop.close();
  const second = watch(encoder, camera);
  camera.send(smallBytes);
  await second.watcher.until(({ settled }) => settled === 1);
  t.deepEqual(first.watcher.frames, []);
  t.true(camera.free);
});

test.serial(
  'a placeholder stays marked as one, encoded or passed through, and other frames are not marked',
  async (t) => {
    const encoder = await started(t);
    const raw = new FakeCamera(smallFormat);
    const jpegs = new FakeCamera(JPEG_FORMAT(small));
    const jpeg = await jpegOf(encoder);
    for (const [camera, bytes] of [
      [raw, smallBytes],
      [jpegs, jpeg],
    ] as const) {
      const { watcher, stop } = watch(encoder, camera);
      camera.send(bytes);
      await watcher.until(({ settled }) => settled === 1);
      camera.sendPlaceholder(bytes, 'NO SIGNAL');
      await watcher.until(({ settled }) => settled === 2);
      t.deepEqual(
        watcher.frames.map(({ placeholder }) => placeholder),
        [undefined, 'NO SIGNAL'],
      );
      stop.close();
    }
  },
);

test.serial('encode makes one JPEG of one frame, with its time and sequence', async (t) => {
  const encoder = await started(t);
  const camera = new FakeCamera(smallFormat);
  const watcher = new Watcher();
  const frame = await encoder.encode(camera.keep(smallBytes, 77, 1234.5), { rotate: 90 }, { observer: watcher });
  t.like(frame, { width: 48, height: 64, sequence: 77, capturedAt: 1234.5 });
  t.true(psnr(decoded(frame.data), rendered(small, { rotate: 90 }, 64)) > 33);
  t.is(watcher.seconds.length, 1);
  t.true(camera.free);
});

test.serial('encode rejects with the reason if a frame cannot be used', async (t) => {
  const encoder = await started(t);
  const camera = new FakeCamera(JPEG_FORMAT(small));
  const reasonOf = async (frame: RawFrame) =>
    (await t.throwsAsync<FramehubError>(encoder.encode(frame, {}), { code: 'ENCODER_FRAME_REJECTED' }))?.details.reason;
  t.is(await reasonOf(camera.keep(new TextEncoder().encode('not an image'))), 'not-jpeg');
  const overwritten = camera.keep(smallBytes);
  camera.overwrite(smallBytes);
  t.is(await reasonOf(overwritten), 'overrun');
  t.true(camera.free);
});

test.serial('closing the encoder rejects frames that are not encoded yet', async (t) => {
  const encoder = await started(t, { codec: 'portable' });
  const camera = new FakeCamera(largeFormat);
  const frames = [1, 2].map(() => encoder.encode(camera.keep(largeBytes), {}));
  const refusals = Promise.all(frames.map((frame) => t.throwsAsync(frame, { code: 'ENCODER_NOT_STARTED' })));
  await encoder.close();
  await refusals;
  t.true(camera.free);
  await t.throwsAsync(encoder.encode(camera.keep(largeBytes), {}), { code: 'ENCODER_NOT_STARTED' });
});

test.serial('a signal ends the waiting for the codec, and for a frame', async (t) => {
  const encoder = new Encoder({ threads: 1, codec: 'portable' });
  const controller = new AbortController();
  const { signal } = controller;
  const starting = t.throwsAsync(encoder.start({ signal }), { message: 'enough' });
  controller.abort(new Error('enough'));
  await starting;
  await t.throwsAsync(encoder.start({ signal }), { message: 'enough' });
  await encoder.start();
  const camera = new FakeCamera(largeFormat);
  const frame = camera.keep(largeBytes);
  const waiting = new AbortController();
  const encoding = t.throwsAsync(encoder.encode(frame, {}, { signal: waiting.signal }), { message: 'too late' });
  waiting.abort(new Error('too late'));
  await encoding;
  await t.throwsAsync(encoder.encode(frame, {}, { signal }), { message: 'enough' });
  await encoder.close();
  t.true(camera.free);
});

test.serial('an encoder is closed at the end of its scope', async (t) => {
  const closed = await (async () => {
    await using encoder = new Encoder({ threads: 1 });
    await encoder.start();
    return encoder;
  })();
  t.throws(() => closed.rendition(new FakeCamera(smallFormat), {}).start(() => {}), { code: 'ENCODER_NOT_STARTED' });
});

test.serial('closing ends threads and renditions, and is allowed twice', async (t) => {
  const threads = threadsOf(t);
  const encoder = new Encoder({ threads: 1 });
  t.throws(() => encoder.codec, { code: 'ENCODER_NOT_STARTED' });
  await encoder.start();
  await encoder.start();
  const camera = new FakeCamera(smallFormat);
  const { watcher } = watch(encoder, camera);
  camera.send(smallBytes);
  await watcher.until(({ settled }) => settled === 1);
  const gone = once(threads[0] as Worker, 'exit');
  await Promise.all([encoder.close(), encoder.close(), gone]);
  t.is(camera.listeners, 0);
  t.throws(() => encoder.rendition(camera, {}).start(() => {}), { code: 'ENCODER_NOT_STARTED' });
  await encoder.start();
  const again = watch(encoder, camera);
  camera.send(smallBytes);
  await again.watcher.until(({ settled }) => settled === 1);
  t.is(again.watcher.frames.length, 1);
  await encoder.close();
});

test.serial('no frame is torn while a camera overwrites its ring faster than it is read', async (t) => {
  const encoder = await started(t, { threads: 2 });
  const format: PixelFormat = { fourcc: 'GREY', width: 320, height: 240, stride: 320, range: 'full' };
  const writer = new Worker(new URL('./ring-writer.fixture.js', import.meta.url), {
    workerData: { slots: 3, format },
  });
  t.teardown(() => writer.terminate());
  const watcher = new Watcher();
  let reader: RingReader | undefined;
  let overtaken = 0;
  const source = {
    subscribe: (listener: Parameters<FakeCamera['subscribe']>[0]) => {
      writer.on('message', (message: WriterMessage) => {
        if ('ring' in message) reader = new RingReader(message.ring, format);
        else {
          const frame = reader?.frame(message);
          if (frame) listener(frame);
          else overtaken += 1;
        }
        if ('ring' in message || message.last) writer.postMessage('more');
      });
      return subscription(() => void writer.removeAllListeners('message'));
    },
  };
  const stop = encoder.rendition(source, {}, { observer: watcher }).start(watcher.sink);
  await watcher.until(({ frames }) => frames.length >= 100);
  stop.close();
  t.is(new Set(watcher.frames.map(({ sequence }) => sequence)).size, watcher.frames.length);
  t.true(overtaken + watcher.drops.length > 0, 'the camera should have been faster than the encoder');
  for (const { data, sequence } of watcher.frames) {
    const { at, width, height } = decoded(data);
    // A torn frame would hold two values.
    for (let y = 0; y < height; y += 8) t.true(Math.abs(at(y % width, y)[0] - (sequence & 0xff)) <= 2);
  }
});

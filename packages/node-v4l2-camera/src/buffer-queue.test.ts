import test from 'ava';
import { allocate, type Cell } from './abi/cell.js';
import type { Abi, Request } from './abi/layout.js';
import { BufferType, DQBUF, POLLIN, QBUF, QUERYBUF, STREAMOFF, type v4l2_buffer } from './abi/videodev2.js';
import { BufferQueue, type FramesOptions } from './buffer-queue.js';
import type { DeviceFile } from './device-file.js';
import { systemError } from './error.js';
import type { MapOptions } from './libc.js';

const ABI: Abi = { pointerSize: 8, int64Alignment: 8 };
const BUFFER_BYTES = 4;
const EAGAIN = 11;
const EIO = 5;

/** A driver for single-planar capture. A test sets how many frames are ready; each holds its sequence number. */
class FakeDriver {
  readonly path = '/dev/video0';
  readonly fd = 3;
  /** Buffers that the driver owns, oldest first. */
  readonly queued: number[] = [];
  readonly #memory: Uint8Array<ArrayBuffer>[] = [];
  ready = 0;
  sequence = 0;
  streaming = true;
  mapped = 0;
  failure = 0;
  readonly libc = {
    poll: (memory: Uint8Array): number => {
      const ready = this.ready > 0 || this.failure > 0;
      new DataView(memory.buffer).setUint16(6, ready ? POLLIN : 0, true);
      return ready ? 1 : 0;
    },
    errno: () => 0,
    mmap: ({ offset }: MapOptions) => {
      this.mapped += 1;
      return BigInt(offset);
    },
    munmap: () => {
      this.mapped -= 1;
      return 0;
    },
    view: (address: bigint) => {
      const memory = new Uint8Array(new ArrayBuffer(BUFFER_BYTES));
      this.#memory[Number(address)] = memory;
      return memory.buffer;
    },
  };

  allocate = (type: never) => allocate(type, ABI);
  error = (errno: number, syscall: string, reason?: string) => systemError(errno, syscall, this.path, reason);
  prepare = (request: Request, cell: Cell<typeof v4l2_buffer>) => () => this.attempt(request, cell);
  call = (request: Request, cell: Cell<typeof v4l2_buffer>) => this.attempt(request, cell);

  attempt(request: Request, { fields }: Cell<typeof v4l2_buffer>): number {
    if (request === QUERYBUF) Object.assign(fields, { length: BUFFER_BYTES }).m.offset = fields.index;
    if (request === STREAMOFF) this.streaming = false;
    if (request === QBUF) this.queued.push(fields.index);
    if (request !== DQBUF) return 0;
    if (this.failure) return this.failure;
    const index = this.queued.shift();
    if (!this.ready || index === undefined) return EAGAIN;
    this.ready -= 1;
    this.#memory[index]?.fill(this.sequence);
    Object.assign(fields, { index, bytesused: BUFFER_BYTES, sequence: this.sequence++ });
    return 0;
  }
}

function start(buffers = 4) {
  const driver = new FakeDriver();
  const queue = BufferQueue.start(driver as unknown as DeviceFile, BufferType.VIDEO_CAPTURE, buffers);
  return { driver, queue, frames: (options: FramesOptions = {}) => queue.frames({ timeoutMs: 0, ...options }) };
}

test('frames yields every frame in order, and requeues each when the next one is requested', (t) => {
  const { driver, frames } = start();
  driver.ready = 2;
  const iterator = frames();
  const first = iterator.next().value;
  t.deepEqual([...(first?.bytes ?? [])], [0, 0, 0, 0]);
  t.deepEqual(driver.queued, [1, 2, 3]);
  t.is(iterator.next().value?.sequence, 1);
  t.deepEqual(driver.queued, [2, 3, 0]);
  t.is(first?.bytes.length, 0);
});

test('with newest, frames requeues all ready frames but the newest', (t) => {
  const { driver, frames } = start();
  driver.ready = 3;
  t.is(frames({ newest: true }).next().value?.sequence, 2);
  t.deepEqual(driver.queued, [3, 0, 1]);
});

test('with newest and a single buffer, frames yields the frame that it has', (t) => {
  const { driver, frames } = start(1);
  driver.ready = 2;
  t.is(frames({ newest: true }).next().value?.sequence, 0);
});

test('leaving the loop, by break or by an error, requeues the frame', (t) => {
  const { driver, frames } = start();
  driver.ready = 2;
  for (const frame of frames()) {
    t.is(frame.sequence, 0);
    break;
  }
  t.is(driver.queued.length, 4);
  const loop = () => {
    for (const frame of frames()) throw new Error(`in the loop at ${frame.sequence}`);
  };
  t.throws(loop, { message: 'in the loop at 1' });
  t.is(driver.queued.length, 4);
});

test('an error while newer frames are read requeues the frame that was dequeued', (t) => {
  const { driver, queue, frames } = start();
  driver.ready = 1;
  const { poll } = driver.libc;
  let polls = 0;
  driver.libc.poll = (memory) => {
    if (++polls === 2) driver.failure = EIO;
    return poll(memory);
  };
  t.throws(() => frames({ newest: true }).next(), { code: 'EIO' });
  t.is(driver.queued.length, 4);
  queue.stop();
});

test('a loop body may requeue the frame itself', (t) => {
  const { driver, queue, frames } = start();
  driver.ready = 2;
  const sequences: number[] = [];
  for (const frame of frames()) {
    sequences.push(frame.sequence);
    queue.requeue(frame);
    if (sequences.length === 2) break;
  }
  t.deepEqual(sequences, [0, 1]);
  t.is(driver.queued.length, 4);
});

test('frames ends when the loop body stops the stream', (t) => {
  const { driver, queue, frames } = start();
  driver.ready = 4;
  let count = 0;
  for (const _ of frames()) {
    count += 1;
    queue.stop();
  }
  t.is(count, 1);
  t.false(driver.streaming);
  t.is(driver.mapped, 0);
});

test('frames throws ETIMEDOUT if no frame arrives in time, and stays usable for another loop', (t) => {
  const { driver, frames } = start();
  t.throws(() => frames({ timeoutMs: 5 }).next(), {
    name: 'V4l2Error',
    code: 'ETIMEDOUT',
    message: '/dev/video0: no frame arrived within 5 ms (poll: ETIMEDOUT)',
  });
  driver.ready = 1;
  t.is(frames().next().value?.sequence, 0);
});

test('frames throws the reason of an aborted signal before it waits', (t) => {
  const { driver, frames } = start();
  driver.ready = 2;
  const controller = new AbortController();
  const iterator = frames({ signal: controller.signal });
  t.is(iterator.next().value?.sequence, 0);
  const reason = new Error('enough');
  controller.abort(reason);
  t.is(
    t.throws(() => iterator.next()),
    reason,
  );
  t.is(driver.queued.length, 4);
});

test('disposing a frame requeues it once; after requeue or stop it does nothing', (t) => {
  const { driver, queue } = start();
  driver.ready = 3;
  const first = queue.dequeue(0);
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  t.deepEqual(driver.queued, [1, 2, 3, 0]);
  const second = queue.dequeue(0);
  if (second) queue.requeue(second);
  second?.[Symbol.dispose]();
  t.deepEqual(driver.queued, [2, 3, 0, 1]);
  const third = queue.dequeue(0);
  queue.stop();
  third?.[Symbol.dispose]();
  t.deepEqual(driver.queued, [3, 0, 1]);
});

test('a buffer can be requeued only while it is dequeued, and one buffer must be left to dequeue', (t) => {
  const { driver, queue } = start(1);
  driver.ready = 1;
  const frame = queue.dequeue(0);
  if (!frame) return t.fail();
  t.throws(() => queue.dequeue(0), { code: 'EINVAL', message: /requeue one first/ });
  queue.requeue(frame);
  t.throws(() => queue.requeue(frame), { code: 'EINVAL', message: /buffer 0 is not dequeued/ });
  t.is(queue.dequeue(0), undefined);
});

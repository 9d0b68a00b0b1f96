import test from 'ava';
import { ByteQueue } from './byte-queue.js';

const MB = 1024 * 1024;

/** Bytes of which each is its own index. */
function counted(length: number, from = 0): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (from + at) % 251;
  return bytes;
}

test('what goes in comes out in order, whatever the pieces are', (t) => {
  const queue = new ByteQueue();
  let [written, read] = [0, 0];
  for (let round = 1; round < 3000; round++) {
    const piece = counted((round * 7919) % 5000, written);
    queue.append(piece);
    written += piece.length;
    const count = Math.min(queue.length, (round * 104_729) % 6000);
    if (!queue.view().subarray(0, count).equals(counted(count, read))) return t.fail(`round ${round}`);
    queue.consume(count);
    read += count;
    t.is(queue.length, written - read);
  }
});

test('small pieces of much are not moved again and again', (t) => {
  const queue = new ByteQueue();
  const start = performance.now();
  for (let i = 0; i < 16 * MB; i += 16_384) queue.append(counted(16_384));
  for (let i = 0; i < 2 * MB; i++) queue.consume(8);
  t.is(queue.length, 0);
  t.true(performance.now() - start < 10_000);
});

test('memory that was needed once is given back', (t) => {
  const queue = new ByteQueue();
  queue.append(Buffer.alloc(32 * MB));
  t.true(queue.capacity >= 32 * MB);
  t.true(queue.capacity <= 64 * MB);
  queue.consume(32 * MB);
  for (let i = 0; i < 50; i++) {
    queue.append(Buffer.alloc(20_000));
    queue.consume(20_000);
  }
  t.true(queue.capacity <= 512 * 1024, `${queue.capacity} bytes`);
});

test('pieces of one size are kept in the same memory', (t) => {
  const queue = new ByteQueue();
  const capacities = new Set<number>();
  for (let i = 0; i < 500; i++) {
    queue.append(Buffer.alloc(100_000));
    queue.consume(100_000);
    if (i > 10) capacities.add(queue.capacity);
  }
  t.is(capacities.size, 1);
});

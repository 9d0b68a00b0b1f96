import { parentPort, workerData } from 'node:worker_threads';
import { RingWriter } from './ring.js';

/** A thread that fills a ring without pause: every byte of a frame has the same value. */
const { buffer, frames } = workerData as { buffer: SharedArrayBuffer; frames: number };
const writer = new RingWriter(buffer);
for (let sequence = 0; sequence < frames; sequence++) {
  const claim = writer.claim();
  claim?.bytes.fill(sequence & 255);
  const ref = claim?.commit(claim.bytes.length, sequence, sequence);
  // Not every frame: a queue of messages that grows faster than it is read yields only overwritten frames.
  if (ref && sequence % 8 === 0) parentPort?.postMessage(ref);
}

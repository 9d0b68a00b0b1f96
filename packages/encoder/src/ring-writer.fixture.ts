import { parentPort, workerData } from 'node:worker_threads';
import { allocateRing, type FrameRef, frameBytes, type PixelFormat, RingWriter } from '@framehub/frame';

/** First the ring, then a reference for each frame. */
export type WriterMessage = { readonly ring: SharedArrayBuffer } | FrameRef;

/** A camera's thread that writes as fast as it can: each frame is filled with its sequence number's low byte. */
const { slots, format } = workerData as { slots: number; format: PixelFormat };
const length = frameBytes(format);
const ring = allocateRing(slots, length);
const writer = new RingWriter(ring);
parentPort?.postMessage({ ring } satisfies WriterMessage);

let sequence = 0;
function write(): void {
  const claim = writer.claim();
  if (claim) {
    sequence += 1;
    claim.bytes.fill(sequence & 0xff, 0, length);
    parentPort?.postMessage(claim.commit(length, sequence, sequence) satisfies WriterMessage);
  }
  setImmediate(write);
}
write();

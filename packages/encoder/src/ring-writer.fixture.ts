import { parentPort, workerData } from 'node:worker_threads';
import { allocateRing, type FrameRef, frameBytes, type PixelFormat, RingWriter } from '@framehub/frame';

/** First the ring, then a reference for each frame; `last` marks the end of a burst. */
export type WriterMessage = { readonly ring: SharedArrayBuffer } | (FrameRef & { readonly last: boolean });

/**
 * A camera's thread. At each message it writes a burst of frames as fast as it can, often more than the ring has slots;
 * each frame is filled with the low byte of its sequence number.
 */
const { slots, format } = workerData as { slots: number; format: PixelFormat };
const length = frameBytes(format);
const ring = allocateRing(slots, length);
const writer = new RingWriter(ring);
const post = (message: WriterMessage) => parentPort?.postMessage(message);
let sequence = 0;

parentPort?.on('message', () => {
  const burst = 1 + ((sequence * 7) % (2 * slots));
  for (let left = burst; left > 0; ) {
    // With fewer leases than slots there is always one to be had.
    const claim = writer.claim();
    if (!claim) continue;
    left -= 1;
    sequence += 1;
    claim.bytes.fill(sequence & 0xff, 0, length);
    post({ ...claim.commit(length, sequence, sequence), last: left === 0 });
  }
});
post({ ring });

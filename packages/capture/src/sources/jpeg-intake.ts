import { inspectJpeg, isBroken, type PixelFormat } from '@framehub/frame';
import { unixNow } from '../thread/clock.js';
import type { SourceHost } from './source.js';

/** The most that one JPEG may have: far more than any camera's, and little enough not to fill a small machine. */
export const MAX_JPEG_BYTES = 32 * 1024 * 1024;

/** Turns JPEGs from files and the network into frames: inspected, measured and numbered. */
export class JpegIntake {
  readonly #host: SourceHost;
  #format: PixelFormat | undefined;
  #next: number;

  constructor(host: SourceHost) {
    this.#host = host;
    this.#next = host.firstSequence;
  }

  /** Borrows `bytes`. A broken JPEG is counted by its fault. */
  offer(bytes: Uint8Array): 'broken' | 'copied' | 'unwanted' {
    const sequence = this.#next++;
    const jpeg = inspectJpeg(bytes);
    if (isBroken(jpeg)) {
      this.#host.drop(jpeg.fault);
      return 'broken';
    }
    const { width, height, byteLength } = jpeg;
    if (this.#format?.width !== width || this.#format.height !== height)
      this.#format = { fourcc: 'JPEG', width, height, stride: 0, range: 'full' };
    const frame = { bytes: bytes.subarray(0, byteLength), format: this.#format, sequence, capturedAt: unixNow(), jpeg };
    return this.#host.frame(frame) ? 'copied' : 'unwanted';
  }
}

import { inspectJpeg, isBroken, type PixelFormat } from '@framehub/frame';
import { unixNow } from '../thread/clock.js';
import type { SourceHost } from './source.js';

/** The most that one picture may have: far more than any camera's, and little enough not to fill a small machine. */
export const MAX_PICTURE_BYTES = 32 * 1024 * 1024;

/** Turns JPEGs of anybody's making into frames: checked, measured and numbered. */
export class JpegIntake {
  readonly #host: SourceHost;
  #format: PixelFormat | undefined;
  #next: number;

  constructor(host: SourceHost) {
    this.#host = host;
    this.#next = host.firstSequence;
  }

  /** Borrows `bytes`. A broken JPEG is counted by its fault. */
  offer(bytes: Uint8Array): 'broken' | 'given' | 'unwanted' {
    const sequence = this.#next++;
    const info = inspectJpeg(bytes);
    if (isBroken(info)) {
      this.#host.drop(info.fault);
      return 'broken';
    }
    const { width, height, byteLength } = info;
    if (this.#format?.width !== width || this.#format.height !== height)
      this.#format = { fourcc: 'JPEG', width, height, stride: 0, range: 'full' };
    const given = this.#host.frame(bytes.subarray(0, byteLength), this.#format, sequence, unixNow());
    return given ? 'given' : 'unwanted';
  }
}

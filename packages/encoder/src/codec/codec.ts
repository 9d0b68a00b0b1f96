import type { JpegInfo, PixelFormat } from '@framehub/frame';
import type { Orientation } from '../orientation.js';
import type { Picture, Sampling, Size } from '../picture.js';

/** What turns pictures into JPEG and back, within one thread. Pictures live in the kernels' memory of that thread. */
export interface Codec {
  /**
   * A JPEG turned without decoding it, or undefined where that cannot be done without loss or the codec cannot do it.
   * Borrows `jpeg`, returns owned.
   */
  transform(jpeg: Uint8Array, info: JpegInfo, orientation: Orientation): Uint8Array<ArrayBuffer> | undefined;

  /**
   * The picture in a JPEG, as small as the codec can cheaply make it, but not below `atLeast`.
   * Borrows `jpeg`. Throws `BadFrame` when it is damaged.
   */
  decode(jpeg: Uint8Array, info: JpegInfo, atLeast: Size): Picture;

  /** Returns owned. May fill up the picture's edge. */
  encode(picture: Picture, quality: number): Uint8Array<ArrayBuffer>;

  /** Encodes a frame of packed RGB3 or BGR3 as it is. Borrows `bytes`, returns owned. */
  encodeRgb(bytes: Uint8Array, format: PixelFormat, sampling: Sampling, quality: number): Uint8Array<ArrayBuffer>;
}

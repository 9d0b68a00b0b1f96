import type { JpegInfo, PixelFormat, Size } from '@framehub/frame';
import type { Orientation, PlanarImage, Sampling } from '../planar-image.js';

/** Encodes and decodes JPEGs within one thread. Images live in the memory of that thread's kernels. */
export interface Codec {
  /**
   * Rotates or flips a JPEG without decoding it. Borrows `jpeg`, returns owned.
   *
   * @returns undefined if that is not possible without loss, or this codec cannot do it
   */
  transform(jpeg: Uint8Array, info: JpegInfo, orientation: Orientation): Uint8Array<ArrayBuffer> | undefined;

  /**
   * Decodes a JPEG to the smallest size that is cheap and not below `atLeast`. Borrows `jpeg`.
   *
   * @throws RejectedFrame if it is damaged
   */
  decode(jpeg: Uint8Array, info: JpegInfo, atLeast: Size): PlanarImage;

  /** Encodes an image. Returns owned. May write into the image's edge. */
  encode(image: PlanarImage, quality: number): Uint8Array<ArrayBuffer>;

  /** Encodes a frame of packed RGB3 or BGR3. Borrows `bytes`, returns owned. */
  encodeRgb(bytes: Uint8Array, format: PixelFormat, sampling: Sampling, quality: number): Uint8Array<ArrayBuffer>;
}

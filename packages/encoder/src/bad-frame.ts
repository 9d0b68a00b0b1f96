import { inspectJpeg, isBroken, type JpegFault, type JpegInfo } from '@framehub/frame';

/**
 * Why a frame cannot become a picture. `oversized`: its header promises more pixels than its bytes can hold, or than
 * anyone should decode; `corrupt`: a decoder found damage in it.
 */
export type FrameFault = JpegFault | 'oversized' | 'corrupt' | 'unsupported-format';

/** Thrown where a frame turns out to be bad; caught where it is counted and dropped. Never leaves the package. */
export class BadFrame extends Error {
  override readonly name = 'BadFrame';

  constructor(
    readonly fault: FrameFault,
    options?: ErrorOptions,
  ) {
    super(fault, options);
  }
}

/** Larger than any camera's picture; 192 MB when decoded to three planes. */
const MAX_PIXELS = 64 * 1024 * 1024;
/**
 * An 8 x 8 block takes a bit at the very least in a scan, however flat it is, so a byte holds no more than 512 pixels.
 * A header that claims more lies, and would cost the memory it claims.
 */
const MAX_PIXELS_PER_BYTE = 512;

/** Looks at a JPEG's structure and at what decoding it would cost. Borrows `bytes`. Throws a {@link BadFrame}. */
export function checkJpeg(bytes: Uint8Array): JpegInfo {
  const info = inspectJpeg(bytes);
  if (isBroken(info)) throw new BadFrame(info.fault);
  const pixels = info.width * info.height;
  if (pixels > MAX_PIXELS || pixels > info.byteLength * MAX_PIXELS_PER_BYTE) throw new BadFrame('oversized');
  return info;
}

import { inspectJpeg, isBroken, type JpegFault, type JpegInfo } from '@framehub/frame';

/**
 * Why a frame cannot become a picture. `corrupt`: a decoder found damage in it; `oversized`: its header promises more
 * pixels than its bytes can hold, or decoding it takes more memory than a frame may have; `time-limit`: decoding it
 * takes longer than a frame may.
 */
export type FrameFault = JpegFault | 'corrupt' | 'time-limit';

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

/** Checks a JPEG's structure. Borrows `bytes`. Throws a {@link BadFrame}. */
export function checkJpeg(bytes: Uint8Array): JpegInfo {
  const info = inspectJpeg(bytes);
  if (isBroken(info)) throw new BadFrame(info.fault);
  return info;
}

import type { JpegFrame } from '@framehub/frame';

/**
 * The binary message of `framehub.v1`, little-endian: u8 op = 1, u8 flags, u16 header length, u32 subscription,
 * u64 sequence, u64 capture time in Unix nanoseconds, u16 width, u16 height, u32 frames dropped since the last one; the
 * JPEG begins behind the header, whose length a later version may raise.
 */
export const PICTURE_OP = 1;
export const HEADER_LENGTH = 32;

/** The picture is a card that says why there is none. */
export const FLAG_PLACEHOLDER = 1;

const MAX_U32 = 0xffff_ffff;

/** @param into at least HEADER_LENGTH bytes from `offset` on */
export function writePictureHeader(
  into: Buffer,
  offset: number,
  subscription: number,
  frame: JpegFrame,
  dropped: number,
): void {
  into.writeUInt8(PICTURE_OP, offset);
  into.writeUInt8(frame.placeholder === undefined ? 0 : FLAG_PLACEHOLDER, offset + 1);
  into.writeUInt16LE(HEADER_LENGTH, offset + 2);
  into.writeUInt32LE(subscription, offset + 4);
  into.writeBigUInt64LE(BigInt(frame.sequence), offset + 8);
  into.writeBigUInt64LE(nanoseconds(frame.capturedAt), offset + 16);
  into.writeUInt16LE(frame.width, offset + 24);
  into.writeUInt16LE(frame.height, offset + 26);
  into.writeUInt32LE(Math.min(dropped, MAX_U32), offset + 28);
}

/** Unix milliseconds with a fraction are exact to a quarter of a microsecond. */
function nanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6));
}

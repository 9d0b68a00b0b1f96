/** One picture of a camera, as it came. */
export interface Picture {
  readonly camera: string;
  /** Rises by one a frame at the camera; a gap is frames that were not sent. */
  readonly sequence: number;
  /** When it was taken, in Unix milliseconds of the server's clock. */
  readonly capturedAt: number;
  /** Milliseconds between its capture and its arrival here, the difference of the clocks taken out. */
  readonly age: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames that gave way to newer ones since the picture before. */
  readonly dropped: number;
  /** True for a card that says why there is no picture. */
  readonly placeholder: boolean;
  /** A complete JPEG file. Yours. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

/** What the wire says of a picture. */
export interface WirePicture extends Omit<Picture, 'camera' | 'age'> {
  readonly subscription: number;
}

const PICTURE_OP = 1;
const LEAST_HEADER = 32;
const FLAG_PLACEHOLDER = 1;

/** Reads a binary message; undefined for one of a kind that this version does not know. */
export function readPicture(message: ArrayBuffer): WirePicture | undefined {
  const view = new DataView(message);
  if (message.byteLength < LEAST_HEADER || view.getUint8(0) !== PICTURE_OP) return undefined;
  const header = view.getUint16(2, true);
  if (header < LEAST_HEADER || header > message.byteLength) return undefined;
  return {
    subscription: view.getUint32(4, true),
    sequence: Number(view.getBigUint64(8, true)),
    capturedAt: milliseconds(view.getBigUint64(16, true)),
    width: view.getUint16(24, true),
    height: view.getUint16(26, true),
    dropped: view.getUint32(28, true),
    placeholder: (view.getUint8(1) & FLAG_PLACEHOLDER) !== 0,
    jpeg: new Uint8Array(message, header),
  };
}

/** Whole milliseconds first: a number does not hold nanoseconds since 1970. */
function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n) + Number(nanoseconds % 1_000_000n) / 1e6;
}

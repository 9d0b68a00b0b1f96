/** One frame of a camera, as it was received. */
export interface Frame {
  /** Name of the camera. */
  readonly camera: string;
  /** Rises by one with each frame of the camera; a gap is frames that were not sent. */
  readonly sequence: number;
  /** Time of capture, in Unix milliseconds of the server's clock. */
  readonly capturedAt: number;
  /** Milliseconds from capture to arrival; the difference of the two clocks is subtracted. */
  readonly age: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames dropped in favour of newer ones since the frame before. */
  readonly dropped: number;
  /** True for a placeholder, shown while the camera delivers no frames. */
  readonly placeholder: boolean;
  /** A complete JPEG file. Owned by the receiver. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

/** What the header of a frame has. */
export interface ReceivedFrame extends Omit<Frame, 'camera' | 'age'> {
  /** Id of the subscription. */
  readonly subscription: number;
}

const FRAME_OP = 1;
const MIN_HEADER_BYTES = 32;
const FLAG_PLACEHOLDER = 1;

/** Reads a binary message; undefined for one of a kind that this version does not know. */
export function readFrame(message: ArrayBuffer): ReceivedFrame | undefined {
  const view = new DataView(message);
  if (message.byteLength < MIN_HEADER_BYTES || view.getUint8(0) !== FRAME_OP) return undefined;
  const headerBytes = view.getUint16(2, true);
  if (headerBytes < MIN_HEADER_BYTES || headerBytes > message.byteLength) return undefined;
  return {
    subscription: view.getUint32(4, true),
    sequence: Number(view.getBigUint64(8, true)),
    capturedAt: milliseconds(view.getBigUint64(16, true)),
    width: view.getUint16(24, true),
    height: view.getUint16(26, true),
    dropped: view.getUint32(28, true),
    placeholder: (view.getUint8(1) & FLAG_PLACEHOLDER) !== 0,
    jpeg: new Uint8Array(message, headerBytes),
  };
}

/** Whole milliseconds first: a number cannot hold nanoseconds since 1970. */
function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n) + Number(nanoseconds % 1_000_000n) / 1e6;
}

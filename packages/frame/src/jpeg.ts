/** What the markers of a JPEG file say, read without decoding it. */
export interface JpegInfo {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Chroma sampling, e.g. `4:2:2`; `grey` for one component, `other` for layouts without a name. */
  readonly subsampling: '4:4:4' | '4:2:2' | '4:2:0' | '4:4:0' | '4:1:1' | 'grey' | 'other';
  /** False for the frames of many webcams, which leave out the standard Huffman tables (USB Video Class, MJPEG payload 1.5, section 2). */
  readonly hasHuffmanTables: boolean;
  /** Progressive, lossless and arithmetic files are not baseline; cameras make baseline only. */
  readonly baseline: boolean;
  /** Offset of the first scan's marker (SOS): where Huffman tables may be inserted. */
  readonly scanOffset: number;
  /** Bytes up to and with the end marker. Some cameras pad their frames; what follows is not part of the file. */
  readonly byteLength: number;
}

/** Why bytes are not a whole JPEG. */
export type JpegFault = 'empty' | 'not-jpeg' | 'bad-segment' | 'no-scan' | 'truncated';

/** Thrown by nobody, returned by {@link inspectJpeg}. */
export interface BrokenJpeg {
  readonly fault: JpegFault;
}

const Marker = {
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DHT: 0xc4,
  DAC: 0xcc,
  JPG: 0xc8,
  TEM: 0x01,
  RST0: 0xd0,
  RST7: 0xd7,
} as const;
/** Cameras pad to their transfer size, with zeros as a rule; looked for from the back, at most this far. */
const PADDING_LIMIT = 65_536;

/**
 * Checks a JPEG by its structure: start, segments, scan, end. Borrows `bytes`; reads a few hundred of them.
 *
 * Catches cut, empty and foreign data. Damage within the scan that keeps the markers goes unseen: only a decoder notices.
 */
export function inspectJpeg(bytes: Uint8Array): JpegInfo | BrokenJpeg {
  if (bytes.length === 0) return { fault: 'empty' };
  if (bytes[0] !== 0xff || bytes[1] !== Marker.SOI) return { fault: 'not-jpeg' };
  let frame: Pick<JpegInfo, 'width' | 'height' | 'subsampling' | 'baseline'> | undefined;
  let hasHuffmanTables = false;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return { fault: 'bad-segment' };
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isStandalone(marker)) return { fault: 'bad-segment' };
    const length = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    if (length < 2) return { fault: 'bad-segment' };
    if (marker === Marker.SOS) {
      if (!frame) return { fault: 'no-scan' };
      const end = findEnd(bytes, at + 2 + length);
      if (end === undefined) return { fault: 'truncated' };
      return { ...frame, hasHuffmanTables, scanOffset: at, byteLength: end };
    }
    if (at + 2 + length > bytes.length) return { fault: 'truncated' };
    if (marker === Marker.DHT) hasHuffmanTables = true;
    if (isStartOfFrame(marker)) {
      frame = readStartOfFrame(bytes.subarray(at + 4, at + 2 + length), marker);
      if (!frame) return { fault: 'bad-segment' };
    }
    at += 2 + length;
  }
  return { fault: at >= bytes.length || bytes[at] === 0xff ? 'truncated' : 'no-scan' };
}

/** Narrows the answer of {@link inspectJpeg}. */
export function isBroken(inspected: JpegInfo | BrokenJpeg): inspected is BrokenJpeg {
  return 'fault' in inspected;
}

function isStandalone(marker: number): boolean {
  return marker === 0 || marker === Marker.TEM || (marker >= Marker.RST0 && marker <= Marker.EOI);
}

function isStartOfFrame(marker: number): boolean {
  const others: readonly number[] = [Marker.DHT, Marker.DAC, Marker.JPG];
  return marker >= 0xc0 && marker <= 0xcf && !others.includes(marker);
}

function readStartOfFrame(segment: Uint8Array, marker: number) {
  const [, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, components = 0] = segment;
  const height = (heightHigh << 8) | heightLow;
  const width = (widthHigh << 8) | widthLow;
  if (segment.length < 6 + 3 * components || components === 0 || width === 0 || height === 0) return undefined;
  const factors = Array.from({ length: components }, (_, i) => segment[7 + 3 * i] as number);
  return { width, height, subsampling: nameOf(factors), baseline: marker === 0xc0 };
}

/** Source: ITU-T T.81, A.1.1: sampling factors relate to the largest of all components. */
function nameOf(factors: readonly number[]): JpegInfo['subsampling'] {
  if (factors.length === 1) return 'grey';
  const [luma = 0, ...chroma] = factors;
  const [cb = 0, cr = 0] = chroma;
  if (chroma.length !== 2 || cb !== cr || cb === 0) return 'other';
  const ratio = `${(luma >> 4) / (cb >> 4)}x${(luma & 15) / (cb & 15)}`;
  const names: Readonly<Record<string, JpegInfo['subsampling']>> = {
    '1x1': '4:4:4',
    '2x1': '4:2:2',
    '2x2': '4:2:0',
    '1x2': '4:4:0',
    '4x1': '4:1:1',
  };
  return names[ratio] ?? 'other';
}

/** The byte after the end marker that closes the file, or undefined when there is none behind the scan's header. */
function findEnd(bytes: Uint8Array, scanStart: number): number | undefined {
  const stop = Math.max(scanStart, bytes.length - PADDING_LIMIT);
  for (let at = bytes.length - 2; at >= stop; at--) {
    if (bytes[at] === 0xff && bytes[at + 1] === Marker.EOI) return at + 2;
  }
  return undefined;
}

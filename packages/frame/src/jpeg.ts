/** Whether frames of a format, by its FourCC, are complete JPEG files. */
export function isJpeg(fourcc: string): boolean {
  return fourcc === 'MJPG' || fourcc === 'JPEG';
}

/** The structure of a JPEG file, read from its markers without decoding it. */
export interface JpegInfo {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Chroma sampling; `grey` for one component, `other` for layouts without a name. */
  readonly subsampling: '4:4:4' | '4:2:2' | '4:2:0' | '4:4:0' | '4:1:1' | 'grey' | 'other';
  /** False for the frames of many webcams, which leave out the standard Huffman tables (USB Video Class, MJPEG payload 1.5, section 2). */
  readonly hasHuffmanTables: boolean;
  /** Offset of the first scan's marker (SOS): where Huffman tables may be inserted. */
  readonly scanOffset: number;
  /** Bytes up to and with the end marker. Some cameras pad their frames; what follows is not part of the file. */
  readonly byteLength: number;
}

/**
 * Why bytes are not a JPEG that a camera would send.
 *
 * - `empty`, `not-jpeg`, `bad-segment`, `no-scan`, `truncated`: not a complete JPEG file
 * - `unsupported-format`: lossless, arithmetic, hierarchical, or not 8 bits a sample
 * - `oversized`: its header claims more than {@link MAX_PIXELS}, or more pixels than its bytes can hold
 * - `too-many-scans`: each scan costs a decoder a pass over the whole image, however few bytes it has
 */
export type JpegFault =
  | 'empty'
  | 'not-jpeg'
  | 'bad-segment'
  | 'no-scan'
  | 'truncated'
  | 'unsupported-format'
  | 'oversized'
  | 'too-many-scans';

/** What {@link inspectJpeg} returns for bytes that are not a valid JPEG. */
export interface BrokenJpeg {
  readonly fault: JpegFault;
}

/** Most pixels of a frame in any format: more than any camera has, and 192 MB when decoded to three planes. */
export const MAX_PIXELS = 64 * 1024 * 1024;
/**
 * An 8 x 8 block takes at least one bit in a scan, however flat it is, so a byte holds at most 512 pixels. A header that
 * claims more is false, and would cost the memory that it claims.
 */
const MAX_PIXELS_PER_BYTE = 512;
/** Most scans of a file; encoders write about ten for a progressive one. */
export const MAX_SCANS = 64;
/** Most segments and fill bytes before the first scan: a file with more was made to keep its readers busy. */
const MAX_SEGMENTS = 65_536;

const Marker = {
  SOF0: 0xc0,
  SOF2: 0xc2,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DHT: 0xc4,
  DAC: 0xcc,
  JPG: 0xc8,
  TEM: 0x01,
  RST0: 0xd0,
  RST7: 0xd7,
  DHP: 0xde,
} as const;
const START_OF_SCAN = Buffer.of(0xff, Marker.SOS);
/** Cameras pad frames to their transfer size. The end marker is searched from the end, over at most this many bytes. */
const PADDING_LIMIT = 65_536;

/** Content of a start-of-frame segment. */
interface FrameHeader extends Pick<JpegInfo, 'width' | 'height' | 'subsampling'> {
  readonly progressive: boolean;
  readonly components: number;
}

/**
 * Checks the structure of a JPEG: start, segments, scan, end. Borrows `bytes`. Reads a few hundred of them, or all if there
 * are several scans.
 *
 * Accepts baseline, extended sequential and progressive Huffman files (SOF0, SOF1, SOF2) of 8 bits per sample, in sizes
 * that can be decoded. Finds truncated, empty and foreign data, but not damage within a scan, which only a decoder notices.
 *
 * @returns the structure, or what is wrong: see {@link isBroken}. Never throws
 */
export function inspectJpeg(bytes: Uint8Array): JpegInfo | BrokenJpeg {
  if (bytes.length === 0) return { fault: 'empty' };
  if (bytes[0] !== 0xff || bytes[1] !== Marker.SOI) return { fault: 'not-jpeg' };
  let frame: FrameHeader | undefined;
  let hasHuffmanTables = false;
  let at = 2;
  for (let segments = 0; at + 4 <= bytes.length; segments++) {
    if (bytes[at] !== 0xff || segments === MAX_SEGMENTS) return { fault: 'bad-segment' };
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
      const { width, height, subsampling } = frame;
      if (!isDecodable(width, height, end)) return { fault: 'oversized' };
      const hasSeveralScans = frame.progressive || bytes[at + 4] !== frame.components;
      if (hasSeveralScans && hasTooManyScans(bytes.subarray(at, end))) return { fault: 'too-many-scans' };
      return { width, height, subsampling, hasHuffmanTables, scanOffset: at, byteLength: end };
    }
    if (at + 2 + length > bytes.length) return { fault: 'truncated' };
    if (marker === Marker.DHT) hasHuffmanTables = true;
    if (isStartOfFrame(marker)) {
      // With two, it would depend on the decoder which size is used.
      if (frame) return { fault: 'bad-segment' };
      if (!isSupported(marker, bytes[at + 4])) return { fault: 'unsupported-format' };
      frame = readStartOfFrame(bytes.subarray(at + 4, at + 2 + length), marker);
      if (!frame) return { fault: 'bad-segment' };
    }
    at += 2 + length;
  }
  return { fault: at >= bytes.length || bytes[at] === 0xff ? 'truncated' : 'no-scan' };
}

/** Whether {@link inspectJpeg} has found a fault. */
export function isBroken(inspected: JpegInfo | BrokenJpeg): inspected is BrokenJpeg {
  return 'fault' in inspected;
}

function isStandalone(marker: number): boolean {
  return marker === 0 || marker === Marker.TEM || (marker >= Marker.RST0 && marker <= Marker.EOI);
}

/** SOF0 to SOF15, and DHP, which begins a hierarchical file. */
function isStartOfFrame(marker: number): boolean {
  const others: readonly number[] = [Marker.DHT, Marker.DAC, Marker.JPG];
  return (marker >= 0xc0 && marker <= 0xcf && !others.includes(marker)) || marker === Marker.DHP;
}

/** Source: ITU-T T.81, table B.1: SOF0 to SOF2 are baseline, extended sequential and progressive, all Huffman. */
function isSupported(marker: number, bitsPerSample: number | undefined): boolean {
  return marker >= Marker.SOF0 && marker <= Marker.SOF2 && bitsPerSample === 8;
}

function readStartOfFrame(segment: Uint8Array, marker: number): FrameHeader | undefined {
  const [, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, components = 0] = segment;
  const height = (heightHigh << 8) | heightLow;
  const width = (widthHigh << 8) | widthLow;
  if (segment.length < 6 + 3 * components || components === 0 || width === 0 || height === 0) return undefined;
  const factors = Array.from({ length: components }, (_, i) => segment[7 + 3 * i] as number);
  return { width, height, subsampling: nameOf(factors), progressive: marker === Marker.SOF2, components };
}

/** @param byteLength of the file */
function isDecodable(width: number, height: number, byteLength: number): boolean {
  const pixels = width * height;
  return pixels <= MAX_PIXELS && pixels <= byteLength * MAX_PIXELS_PER_BYTE;
}

/** @param scans from the first scan's marker on */
function hasTooManyScans(scans: Uint8Array): boolean {
  // Searched by Node's native code: a JPEG may consist of markers, and this may be the main thread.
  const bytes = Buffer.from(scans.buffer, scans.byteOffset, scans.length);
  let count = 0;
  for (let at = 0; at >= 0; at = bytes.indexOf(START_OF_SCAN, at + 2)) {
    count += 1;
    if (count > MAX_SCANS) return true;
  }
  return false;
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

/** Offset of the byte after the end marker, or undefined if there is none after the scan's header. */
function findEnd(bytes: Uint8Array, scanStart: number): number | undefined {
  const stop = Math.max(scanStart, bytes.length - PADDING_LIMIT);
  for (let at = bytes.length - 2; at >= stop; at--) {
    if (bytes[at] === 0xff && bytes[at + 1] === Marker.EOI) return at + 2;
  }
  return undefined;
}

import { inspectJpeg, isBroken, type JpegFault, type JpegInfo } from '@framehub/frame';

/**
 * Why a frame cannot become a JPEG. `corrupt`: a decoder found damage in it. `oversized`: its header claims more pixels
 * than its bytes can hold, or decoding it takes more memory than a frame may. `time-limit`: it took longer than a frame may.
 */
export type FrameFault = JpegFault | 'corrupt' | 'time-limit';

/** Thrown where a frame turns out to be unusable; caught where it is counted and dropped. Never leaves the package. */
export class RejectedFrame extends Error {
  override readonly name = 'RejectedFrame';
  readonly fault: FrameFault;

  constructor(fault: FrameFault, options?: ErrorOptions) {
    super(fault, options);
    this.fault = fault;
  }
}

/**
 * The structure of a JPEG: what the camera's thread has found, or else inspected here. Borrows `bytes`.
 *
 * @param known what travels with a frame's reference. Believed only if it stays within `bytes`: native code reads that far
 * @throws RejectedFrame if it is not a whole JPEG that can be decoded
 */
export function structureOf(bytes: Uint8Array, known?: JpegInfo): JpegInfo {
  if (known && known.byteLength <= bytes.length) return known;
  const info = inspectJpeg(bytes);
  if (isBroken(info)) throw new RejectedFrame(info.fault);
  return info;
}

/**
 * The standard Huffman tables as one DHT segment. Source: ITU-T T.81, annex K.3 (tables K.3 to K.6), each as its class
 * and number, the count of codes of each length, and the values.
 */
const STANDARD_TABLES = segment(`
  0000010501010101010100000000000000000102030405060708090a0b

  0100030101010101010101010000000000000102030405060708090a0b

  100002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a
  161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788
  898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9
  eaf1f2f3f4f5f6f7f8f9fa

  1100020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a1624
  34e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a8283848586
  8788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8
  e9eaf2f3f4f5f6f7f8f9fa
`);
const NO_TABLES = new Uint8Array(0);

/**
 * Copies a JPEG into a file that any decoder can read: without the padding after its end, and with the standard Huffman
 * tables if the camera has left them out. Borrows `bytes`, returns owned.
 *
 * @param info structure of these bytes
 */
export function completeJpeg(bytes: Uint8Array, info: JpegInfo): Uint8Array<ArrayBuffer> {
  const { byteLength, scanOffset } = info;
  const tables = info.hasHuffmanTables ? NO_TABLES : STANDARD_TABLES;
  // Allocated, then filled: constructing it from the shared bytes takes four times as long.
  const complete = new Uint8Array(byteLength + tables.length);
  complete.set(bytes.subarray(0, scanOffset));
  complete.set(tables, scanOffset);
  complete.set(bytes.subarray(scanOffset, byteLength), scanOffset + tables.length);
  return complete;
}

function segment(tables: string): Uint8Array<ArrayBuffer> {
  const body = Buffer.from(tables.replace(/\s/g, ''), 'hex');
  const length = body.length + 2;
  return new Uint8Array([0xff, 0xc4, length >> 8, length & 0xff, ...body]);
}

import { CHROMA_AC, CHROMA_DC, type HuffmanSpec, LUMA_AC, LUMA_DC } from './huffman.js';
import { QUANTISATION } from './two-level-block.js';

const two = (value: number): readonly number[] => [value >> 8, value & 0xff];

/** A marker segment: marker, length, contents. */
const segment = (marker: number, contents: readonly number[]): readonly number[] => [
  0xff,
  marker,
  ...two(contents.length + 2),
  ...contents,
];

const huffmanTable = (place: number, { counts, symbols }: HuffmanSpec): readonly number[] =>
  segment(0xc4, [place, ...counts, ...symbols]);

/**
 * All that comes before the entropy-coded data of a 4:2:2 picture.
 * @param restartInterval blocks between restart markers, counted in groups (MCUs) of 16 by 8 pixels
 */
export function jpegHeaders(width: number, height: number, restartInterval: number): Uint8Array {
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xdb, [0, ...QUANTISATION]),
    ...segment(0xc0, [8, ...two(height), ...two(width), 3, 1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0]),
    ...huffmanTable(0x00, LUMA_DC),
    ...huffmanTable(0x10, LUMA_AC),
    ...huffmanTable(0x01, CHROMA_DC),
    ...huffmanTable(0x11, CHROMA_AC),
    ...segment(0xdd, two(restartInterval)),
    ...segment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]),
  ]);
}

export const END_OF_IMAGE = Uint8Array.of(0xff, 0xd9);

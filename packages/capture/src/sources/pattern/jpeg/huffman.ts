/** A Huffman table as a JPEG file carries it: codes of each length from 1 to 16, and the symbols in order of code. */
export interface HuffmanSpec {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

/** Code and length of each symbol. */
export interface HuffmanCodes {
  readonly code: Uint16Array;
  readonly length: Uint8Array;
}

const bytes = (hex: string): number[] => (hex.match(/[0-9a-f]{2}/g) ?? []).map((pair) => Number.parseInt(pair, 16));

/** The usual tables, which receivers of MJPEG may rely on. Source: ITU-T T.81, Annex K.3. */
export const LUMA_DC: HuffmanSpec = {
  counts: bytes('00010501010101010100000000000000'),
  symbols: bytes('000102030405060708090a0b'),
};
export const CHROMA_DC: HuffmanSpec = {
  counts: bytes('00030101010101010101010000000000'),
  symbols: bytes('000102030405060708090a0b'),
};
export const LUMA_AC: HuffmanSpec = {
  counts: bytes('0002010303020403050504040000017d'),
  symbols: bytes(
    `0102030004110512213141061351610722711432 8191a1082342b1c11552d1f02433627282090a161718191a25262728
     292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889
     8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2
     e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa`,
  ),
};
export const CHROMA_AC: HuffmanSpec = {
  counts: bytes('00020102040403040705040400010277'),
  symbols: bytes(
    `0001020311040521310612415107617113223281 08144291a1b1c109233352f0156272d10a162434e125f11718191a26
     2728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a828384858687
     88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9da
     e2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa`,
  ),
};

/** Source: ITU-T T.81, Annex C: codes of a length count up, and a longer length goes on at twice the code. */
export function codesOf({ counts, symbols }: HuffmanSpec): HuffmanCodes {
  const codes: HuffmanCodes = { code: new Uint16Array(256), length: new Uint8Array(256) };
  let code = 0;
  let next = 0;
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n++) {
      const symbol = symbols[next++] ?? 0;
      codes.code[symbol] = code++;
      codes.length[symbol] = i + 1;
    }
    code <<= 1;
  });
  return codes;
}

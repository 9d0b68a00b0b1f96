/** What the head of a film says. */
export interface AviFacts {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames a second, as a fraction. */
  readonly rate: number;
  readonly scale: number;
  readonly frames: number;
  /** Bytes of all frames' chunks, with their heads and padding. */
  readonly movieBytes: number;
  /** Bytes of the largest frame. */
  readonly largestFrame: number;
}

const STREAM_LIST_BYTES = 4 + (8 + 56) + (8 + 40);
const HEADER_LIST_BYTES = 4 + (8 + 56) + (8 + STREAM_LIST_BYTES);
/** Bytes in front of the first frame. */
export const AVI_HEADER_BYTES = 12 + (8 + HEADER_LIST_BYTES) + 12;
/** Of a frame's line in the index. */
export const INDEX_ENTRY_BYTES = 16;

/** Source: AVI RIFF file reference, AVIMAINHEADER dwFlags. */
const HAS_INDEX = 0x10;

/** The bytes from the start of the file to the first frame. Source: AVI RIFF file reference; sizes are little-endian. */
export function aviHeader({ width, height, rate, scale, frames, movieBytes, largestFrame }: AviFacts): Buffer {
  const out = new ChunkWriter(AVI_HEADER_BYTES);
  const indexBytes = 8 + frames * INDEX_ENTRY_BYTES;
  out.list('RIFF', AVI_HEADER_BYTES - 8 + movieBytes + indexBytes, 'AVI ');
  out.list('LIST', HEADER_LIST_BYTES, 'hdrl');
  out
    .text('avih')
    .numbers(56, Math.round((1e6 * scale) / rate), Math.ceil((largestFrame * rate) / scale), 0, HAS_INDEX);
  out.numbers(frames, 0, 1, largestFrame, width, height, 0, 0, 0, 0);
  out.list('LIST', STREAM_LIST_BYTES, 'strl');
  out.text('strh').numbers(56).text('vidsMJPG').numbers(0, 0, 0, scale, rate, 0, frames, largestFrame, 0xffffffff, 0);
  out.shorts(0, 0, width, height);
  out
    .text('strf')
    .numbers(40, 40, width, height)
    .shorts(1, 24)
    .text('MJPG')
    .numbers(width * height * 3, 0, 0, 0, 0);
  out.list('LIST', 4 + movieBytes, 'movi');
  return out.bytes;
}

/** The list of all frames, behind the last one. Source: AVI RIFF file reference, AVIOLDINDEX. */
export function aviIndex(sizes: readonly number[]): Buffer {
  const out = new ChunkWriter(8 + sizes.length * INDEX_ENTRY_BYTES);
  out.text('idx1').numbers(sizes.length * INDEX_ENTRY_BYTES);
  // Counted from the word `movi`.
  let offset = 4;
  for (const size of sizes) {
    out.text('00dc').numbers(0x10, offset, size);
    offset += 8 + size + (size & 1);
  }
  return out.bytes;
}

/** The head of a frame's chunk. */
export function aviFrameHead(size: number): Buffer {
  return new ChunkWriter(8).text('00dc').numbers(size).bytes;
}

class ChunkWriter {
  readonly bytes: Buffer;
  #at = 0;

  constructor(size: number) {
    this.bytes = Buffer.alloc(size);
  }

  text(text: string): this {
    this.#at += this.bytes.write(text, this.#at, 'latin1');
    return this;
  }

  numbers(...values: number[]): this {
    for (const value of values) this.#at = this.bytes.writeUInt32LE(value, this.#at);
    return this;
  }

  shorts(...values: number[]): this {
    for (const value of values) this.#at = this.bytes.writeUInt16LE(value, this.#at);
    return this;
  }

  list(kind: string, size: number, name: string): this {
    return this.text(kind).numbers(size).text(name);
  }
}

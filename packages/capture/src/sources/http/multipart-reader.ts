import { FramehubError } from '@framehub/frame';
import { MAX_PICTURE_BYTES } from '../jpeg-intake.js';

const MAX_HEADER_BYTES = 16 * 1024;
const CRLF = [0x0d, 0x0a] as const;
const DASH = 0x2d;

/**
 * Takes a multipart body apart into its parts, as cameras write it: with or without Content-Length, with boundaries
 * quoted or not, with dashes in front that are or are not part of the boundary, and with lines that end in LF only.
 */
export class MultipartReader {
  readonly #onPart: (bytes: Uint8Array) => void;
  readonly #onLoss: () => void;
  /** Boundary with two dashes before it; learnt from the first line if the header does not tell. */
  #delimiter: Buffer | undefined;
  #data = Buffer.alloc(64 * 1024);
  #length = 0;
  #state: 'delimiter' | 'headers' | 'body' = 'delimiter';
  #partLength: number | undefined;
  #searched = 0;
  #parts = 0;

  /**
   * @param contentType of the response: `multipart/x-mixed-replace; boundary=…`
   * @param onPart lends a part's content, until it returns
   * @param onLoss called for bytes that belong to no part
   */
  constructor(contentType: string, onPart: (bytes: Uint8Array) => void, onLoss: () => void) {
    this.#onPart = onPart;
    this.#onLoss = onLoss;
    const boundary = /boundary\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType);
    const name = (boundary?.[1] ?? boundary?.[2] ?? '').replace(/^-+/, '');
    if (name) this.#delimiter = Buffer.from(`--${name}`, 'latin1');
  }

  /** Borrows `chunk`. Throws `CAPTURE_HTTP_TOO_LARGE` and `CAPTURE_HTTP_MALFORMED`. */
  push(chunk: Uint8Array): void {
    this.#append(chunk);
    while (this.#step()) {
      // Until more is needed.
    }
    if (this.#length > MAX_PICTURE_BYTES) throw tooLarge();
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#data.length) {
      const larger = Buffer.allocUnsafe(needed * 2);
      this.#data.copy(larger, 0, 0, this.#length);
      this.#data = larger;
    }
    this.#data.set(chunk, this.#length);
    this.#length = needed;
  }

  #consume(count: number): void {
    this.#data.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.#searched = 0;
  }

  /** @returns whether there may be more to do with what is there */
  #step(): boolean {
    switch (this.#state) {
      case 'delimiter':
        return this.#findDelimiter();
      case 'headers':
        return this.#readHeaders();
      case 'body':
        return this.#partLength === undefined ? this.#readUntilDelimiter() : this.#readCounted(this.#partLength);
    }
  }

  #findDelimiter(): boolean {
    this.#delimiter ??= this.#learnDelimiter();
    const start = this.#delimiter ? this.#indexOf(this.#delimiter, 0) : -1;
    const skipped = start >= 0 ? start : this.#length - (this.#delimiter?.length ?? this.#length);
    // A line's end and dashes of the boundary's own come between parts; more than that is lost.
    if (skipped > 0 && this.#parts > 0 && this.#data.subarray(0, skipped).some((byte) => !isPadding(byte)))
      this.#onLoss();
    if (start < 0) {
      if (skipped > 0) this.#consume(skipped);
      if (this.#length > MAX_HEADER_BYTES) throw malformed('no boundary');
      return false;
    }
    this.#consume(start + (this.#delimiter?.length ?? 0));
    this.#state = 'headers';
    return true;
  }

  #learnDelimiter(): Buffer | undefined {
    const line = /(?:^|\n)(--[^\r\n]+)\r?\n/.exec(
      this.#data.toString('latin1', 0, Math.min(this.#length, MAX_HEADER_BYTES)),
    );
    return line?.[1] ? Buffer.from(line[1], 'latin1') : undefined;
  }

  /** From the end of the delimiter's line to the first empty line. */
  #readHeaders(): boolean {
    const text = this.#data.toString('latin1', 0, Math.min(this.#length, MAX_HEADER_BYTES));
    const end = /\r?\n\r?\n/.exec(text);
    if (!end) {
      if (this.#length >= MAX_HEADER_BYTES) throw malformed('a part has no end of headers');
      return false;
    }
    const length = /^content-length\s*:\s*(\d+)\s*$/im.exec(text.slice(0, end.index));
    this.#partLength = length ? Number(length[1]) : undefined;
    if ((this.#partLength ?? 0) > MAX_PICTURE_BYTES) throw tooLarge();
    this.#consume(end.index + end[0].length);
    this.#state = 'body';
    return true;
  }

  #readCounted(length: number): boolean {
    if (this.#length < length) return false;
    this.#finish(length, length);
    return true;
  }

  #readUntilDelimiter(): boolean {
    const delimiter = this.#delimiter ?? Buffer.alloc(0);
    const start = this.#indexOf(delimiter, this.#searched);
    if (start < 0) {
      this.#searched = Math.max(0, this.#length - delimiter.length);
      return false;
    }
    let end = start;
    while (this.#data[end - 1] === DASH) end -= 1;
    for (const byte of [...CRLF].reverse()) if (this.#data[end - 1] === byte) end -= 1;
    this.#finish(end, start);
    return true;
  }

  #finish(end: number, next: number): void {
    this.#parts += 1;
    this.#onPart(this.#data.subarray(0, end));
    this.#consume(next);
    this.#state = 'delimiter';
  }

  #indexOf(wanted: Buffer, from: number): number {
    return this.#data.subarray(0, this.#length).indexOf(wanted, from);
  }
}

function isPadding(byte: number): boolean {
  return byte === DASH || byte === CRLF[0] || byte === CRLF[1];
}

function tooLarge(): FramehubError {
  return new FramehubError('CAPTURE_HTTP_TOO_LARGE', `a picture has more than ${MAX_PICTURE_BYTES} bytes`, {
    limit: MAX_PICTURE_BYTES,
  });
}

function malformed(what: string): FramehubError {
  return new FramehubError('CAPTURE_HTTP_MALFORMED', `the stream cannot be taken apart: ${what}`, {});
}

import { FramehubError } from '@framehub/frame';
import { ByteQueue } from '../byte-queue.js';
import { MAX_JPEG_BYTES } from '../jpeg-intake.js';

const MAX_HEADER_BYTES = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;

/**
 * Splits a multipart body into its parts, as cameras write it: with or without Content-Length, with boundaries
 * quoted or not, with dashes in front that are or are not part of the boundary, and with lines that end in LF only.
 */
export class MultipartReader {
  readonly #onPart: (bytes: Uint8Array) => void;
  readonly #onLoss: () => void;
  /** Boundary with two dashes before it; learnt from the first line if the header has none. */
  #delimiter: Buffer | undefined;
  readonly #queue = new ByteQueue();
  #state: 'delimiter' | 'headers' | 'body' = 'delimiter';
  #partLength: number | undefined;
  /** Bytes in front in which there is no delimiter. */
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

  /** Bytes of memory that are in use for parts to come. */
  get capacity(): number {
    return this.#queue.capacity;
  }

  /** Borrows `chunk`. Throws `CAPTURE_HTTP_TOO_LARGE` and `CAPTURE_HTTP_MALFORMED`, and what `onPart` throws. */
  push(chunk: Uint8Array): void {
    this.#queue.append(chunk);
    while (this.#step()) {
      // Until more is needed.
    }
    if (this.#queue.length > MAX_JPEG_BYTES) throw tooLarge();
  }

  #consume(count: number): void {
    this.#queue.consume(count);
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
    const data = this.#queue.view();
    const start = this.#delimiter ? data.indexOf(this.#delimiter) : -1;
    const skipped = start >= 0 ? start : data.length - (this.#delimiter?.length ?? data.length);
    // A line's end and dashes of the boundary's own come between parts; more than that is lost.
    if (skipped > 0 && this.#parts > 0 && data.subarray(0, skipped).some((byte) => !isPadding(byte))) this.#onLoss();
    if (start < 0) {
      if (skipped > 0) this.#consume(skipped);
      if (this.#queue.length > MAX_HEADER_BYTES) throw malformed('no boundary');
      return false;
    }
    this.#consume(start + (this.#delimiter?.length ?? 0));
    this.#state = 'headers';
    return true;
  }

  #learnDelimiter(): Buffer | undefined {
    const line = /(?:^|\n)(--[^\r\n]+)\r?\n/.exec(this.#head());
    return line?.[1] ? Buffer.from(line[1], 'latin1') : undefined;
  }

  /** From the end of the delimiter's line to the first empty line. */
  #readHeaders(): boolean {
    const end = headersEnd(this.#queue.view().subarray(0, MAX_HEADER_BYTES));
    if (!end) {
      if (this.#queue.length >= MAX_HEADER_BYTES) throw malformed('a part has no end of headers');
      return false;
    }
    const text = this.#queue.view().toString('latin1', 0, end.at);
    const length = /^content-length\s*:\s*(\d+)\s*$/im.exec(text);
    this.#partLength = length ? Number(length[1]) : undefined;
    if ((this.#partLength ?? 0) > MAX_JPEG_BYTES) throw tooLarge();
    this.#consume(end.next);
    this.#state = 'body';
    return true;
  }

  #readCounted(length: number): boolean {
    if (this.#queue.length < length) return false;
    this.#finish(length, length);
    return true;
  }

  #readUntilDelimiter(): boolean {
    const delimiter = this.#delimiter ?? Buffer.alloc(0);
    const data = this.#queue.view();
    const start = data.indexOf(delimiter, this.#searched);
    if (start < 0) {
      this.#searched = Math.max(0, data.length - delimiter.length);
      return false;
    }
    let end = start;
    while (data[end - 1] === DASH) end -= 1;
    for (const byte of [LF, CR]) if (data[end - 1] === byte) end -= 1;
    this.#finish(end, start);
    return true;
  }

  #finish(end: number, next: number): void {
    this.#parts += 1;
    this.#onPart(this.#queue.view().subarray(0, end));
    this.#consume(next);
    this.#state = 'delimiter';
  }

  #head(): string {
    return this.#queue.view().toString('latin1', 0, MAX_HEADER_BYTES);
  }
}

/** The first empty line: where it begins, and what follows it. */
function headersEnd(data: Buffer): { at: number; next: number } | undefined {
  for (let feed = data.indexOf(LF); feed >= 0; feed = data.indexOf(LF, feed + 1)) {
    const next = data[feed + 1] === CR ? feed + 2 : feed + 1;
    if (data[next] === LF) return { at: data[feed - 1] === CR ? feed - 1 : feed, next: next + 1 };
  }
  return undefined;
}

function isPadding(byte: number): boolean {
  return byte === DASH || byte === CR || byte === LF;
}

function tooLarge(): FramehubError {
  return new FramehubError('CAPTURE_HTTP_TOO_LARGE', `an image has more than ${MAX_JPEG_BYTES} bytes`, {
    limit: MAX_JPEG_BYTES,
  });
}

function malformed(what: string): FramehubError {
  return new FramehubError('CAPTURE_HTTP_MALFORMED', `the stream cannot be parsed: ${what}`, {});
}

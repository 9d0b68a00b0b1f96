import { ByteQueue } from '../byte-queue.js';
import { MAX_JPEG_BYTES } from '../jpeg-intake.js';

const Marker = { SOI: 0xd8, EOI: 0xd9, SOS: 0xda, TEM: 0x01, RST0: 0xd0, RST7: 0xd7 } as const;
const START = Buffer.of(0xff, Marker.SOI, 0xff);
/** Of a segment, with that of its own field. */
const MIN_LENGTH = 2;

/** `jpeg` ends where `at` is now. */
type Step = 'more' | 'again' | 'jpeg';

/**
 * Finds JPEGs that follow one another, with or without anything between them, by their structure: the end of one is
 * not searched within its segments, where thumbnails have ends of their own.
 */
export class JpegSplitter {
  readonly #queue = new ByteQueue();
  /** How far the present JPEG has been read. */
  #at = 0;
  #inside: 'gap' | 'segments' | 'scan' = 'gap';

  /** Borrows `chunk`. Lends the JPEGs that it completes, broken ones too, each until the next. */
  *push(chunk: Uint8Array): Generator<Buffer> {
    this.#queue.append(chunk);
    for (let step = this.#step(); step !== 'more'; step = this.#step()) if (step === 'jpeg') yield* this.#take();
    if (this.#queue.length <= MAX_JPEG_BYTES) return;
    this.#at = this.#queue.length;
    yield* this.#take();
  }

  /** Lends what is left at the end of the data: a JPEG without an end. */
  *end(): Generator<Buffer> {
    if (this.#inside === 'gap') return;
    this.#at = this.#queue.length;
    yield* this.#take();
  }

  #step(): Step {
    const data = this.#queue.view();
    if (this.#inside === 'gap') return this.#skipGap(data);
    return this.#inside === 'segments' ? this.#readSegment(data) : this.#readScan(data);
  }

  #skipGap(data: Buffer): Step {
    const start = data.indexOf(START);
    // The last two bytes may be the beginning of a JPEG.
    this.#queue.consume(start >= 0 ? start : Math.max(0, data.length - 2));
    if (start < 0) return 'more';
    this.#inside = 'segments';
    this.#at = 2;
    return 'again';
  }

  #readSegment(data: Buffer): Step {
    // Cameras and programs may fill up with 0xff.
    while (data[this.#at] === 0xff && data[this.#at + 1] === 0xff) this.#at += 1;
    const marker = data[this.#at + 1];
    if (marker === undefined) return 'more';
    if (data[this.#at] !== 0xff || marker === Marker.SOI) return 'jpeg';
    if (marker === Marker.EOI || isAlone(marker)) {
      this.#at += 2;
      return marker === Marker.EOI ? 'jpeg' : 'again';
    }
    if (this.#at + 4 > data.length) return 'more';
    const length = data.readUInt16BE(this.#at + 2);
    if (length < MIN_LENGTH) return 'jpeg';
    this.#at += 2 + length;
    if (marker === Marker.SOS) this.#inside = 'scan';
    return 'again';
  }

  #readScan(data: Buffer): Step {
    for (;;) {
      const at = data.indexOf(0xff, this.#at);
      const next = data[at + 1];
      if (at < 0 || next === undefined) {
        this.#at = at < 0 ? Math.max(this.#at, data.length) : at;
        return 'more';
      }
      if (next === 0 || isAlone(next)) this.#at = at + 2;
      else if (next === 0xff) this.#at = at + 1;
      else {
        this.#at = at;
        this.#inside = 'segments';
        return 'again';
      }
    }
  }

  *#take(): Generator<Buffer> {
    const end = Math.min(this.#at, this.#queue.length);
    yield this.#queue.view().subarray(0, end);
    this.#queue.consume(end);
    this.#inside = 'gap';
  }
}

/** Markers without a length. */
function isAlone(marker: number): boolean {
  return marker === Marker.TEM || (marker >= Marker.RST0 && marker <= Marker.RST7);
}

import { MAX_PICTURE_BYTES } from '../jpeg-intake.js';

const Marker = { SOI: 0xd8, EOI: 0xd9, SOS: 0xda, TEM: 0x01, RST0: 0xd0, RST7: 0xd7 } as const;

type Step = 'more' | 'again';

/**
 * Finds JPEGs that follow one another, with or without anything between them, by their structure: the end of one is
 * not looked for within its segments, where thumbnails have ends of their own.
 */
export class JpegSplitter {
  #data: Buffer = Buffer.alloc(0);
  /** How far the present picture has been read. */
  #at = 0;
  #inside: 'gap' | 'segments' | 'scan' = 'gap';
  readonly #found: Buffer[] = [];

  /** Takes `chunk`. Returns the pictures that it completed; broken ones, too, for somebody else to judge. */
  push(chunk: Buffer): Buffer[] {
    this.#data = this.#data.length === 0 ? chunk : Buffer.concat([this.#data, chunk]);
    while (this.#step() === 'again') {
      // Each step moves on within the data or asks for more.
    }
    if (this.#data.length > MAX_PICTURE_BYTES) this.#emit(this.#data.length);
    return this.#found.splice(0);
  }

  /** What is left when no more comes: a picture without an end. */
  end(): Buffer[] {
    if (this.#inside !== 'gap') this.#emit(this.#data.length);
    return this.#found.splice(0);
  }

  #step(): Step {
    if (this.#inside === 'gap') return this.#skipGap();
    return this.#inside === 'segments' ? this.#readSegment() : this.#readScan();
  }

  #skipGap(): Step {
    const start = this.#data.indexOf(Buffer.of(0xff, Marker.SOI, 0xff));
    // The last two bytes may be the beginning of a picture.
    this.#data = this.#data.subarray(start >= 0 ? start : Math.max(0, this.#data.length - 2));
    if (start < 0) return 'more';
    this.#inside = 'segments';
    this.#at = 2;
    return 'again';
  }

  #readSegment(): Step {
    const data = this.#data;
    if (this.#at + 4 > data.length && !this.#isEnd(this.#at)) return 'more';
    const marker = data[this.#at + 1] as number;
    if (data[this.#at] !== 0xff || marker === Marker.SOI) return this.#emit(this.#at);
    if (marker === Marker.EOI) return this.#emit(this.#at + 2);
    if (marker === 0xff) {
      this.#at += 1;
      return 'again';
    }
    this.#at += isAlone(marker) ? 2 : 2 + data.readUInt16BE(this.#at + 2);
    if (marker === Marker.SOS) this.#inside = 'scan';
    return 'again';
  }

  #readScan(): Step {
    const at = this.#data.indexOf(0xff, this.#at);
    if (at < 0 || at + 1 >= this.#data.length) {
      this.#at = at < 0 ? Math.max(this.#at, this.#data.length) : at;
      return 'more';
    }
    const next = this.#data[at + 1] as number;
    if (next === 0 || isAlone(next)) this.#at = at + 2;
    else if (next === 0xff) this.#at = at + 1;
    else {
      this.#at = at;
      this.#inside = 'segments';
    }
    return 'again';
  }

  #isEnd(at: number): boolean {
    return this.#data[at] === 0xff && this.#data[at + 1] === Marker.EOI;
  }

  #emit(end: number): Step {
    this.#found.push(this.#data.subarray(0, end));
    this.#data = this.#data.subarray(end);
    this.#inside = 'gap';
    return 'again';
  }
}

/** Markers without a length. */
function isAlone(marker: number): boolean {
  return marker === Marker.TEM || (marker >= Marker.RST0 && marker <= Marker.RST7);
}

import { allocateRing, Counters, frameBytes, isJpeg, Pace, type PixelFormat, RingWriter } from '@framehub/frame';
import type { Report, ThreadMessage } from '../messages.js';
import type { WarmUp } from '../options.js';
import { FrozenPicture } from './frozen-picture.js';
import { WarmUpGate } from './warm-up.js';

/**
 * One slot is being filled, one holds the newest frame that waits for the encoder, and the others are in encodes:
 * four at a time, more than a machine with one camera gains from. When all are taken the encoder is behind, and
 * newer frames are dropped.
 */
const SLOTS = 6;
/** Bytes beyond which a ring has fewer slots: frames this large are encoded one at a time. */
const MAX_RING_BYTES = 100 * 1024 * 1024;
const MIN_SLOTS = 3;

/** Bytes that JPEGs get at the most until one is larger: a driver's word is what its camera says. */
const MAX_JPEG_GUESS = 8 * 1024 * 1024;

/** A ring is garbage as soon as the format is another one: so many may be made at once, and one more each so often. */
const RINGS_AT_ONCE = 4;
const RING_EVERY_MS = 250;

/** Milliseconds. The sensor has been at work for the still, and viewers are promised their stream within two seconds. */
const WARM_UP_AFTER_STILL = 1000;

/** What an outlet may do with frames besides handing them on. */
export interface OutletOptions {
  /** Frames a second at most. @default all */
  readonly fps?: number | undefined;
  /** The first frames, which are dropped. @default none */
  readonly warmup?: WarmUp | undefined;
}

/** Where a source's frames go: counted always, thinned and copied into the ring when somebody wants them. */
export class Outlet {
  /** Number of the demand that frames are for, or 0. */
  demand = 0;
  readonly #post: (message: ThreadMessage) => void;
  readonly #pace: Pace;
  readonly #frozen = new FrozenPicture();
  readonly #warmup: WarmUp | undefined;
  #gate: WarmUpGate;
  #dropped = new Counters();
  #unfit: Counters | undefined;
  #writer: RingWriter | undefined;
  #ringFormat: PixelFormat | undefined;
  /** Rings made lately: falls with time. */
  #rings = 0;
  #ringAt = 0;
  #format: PixelFormat | undefined;
  #captured = 0;
  #sequence: number | undefined;
  #lastFrameAt: number | undefined;
  #lastFrame: number | undefined;

  constructor(post: (message: ThreadMessage) => void, { fps, warmup }: OutletOptions = {}) {
    this.#post = post;
    this.#pace = new Pace(fps ?? Number.POSITIVE_INFINITY);
    this.#warmup = warmup;
    this.#gate = new WarmUpGate(warmup);
  }

  /** Whether frames are dropped for now, whoever wants them: they have to come all the same. */
  get warmingUp(): boolean {
    return !this.#gate.over;
  }

  /** The camera has started anew after a still. */
  warmUp(): void {
    this.#gate = new WarmUpGate(this.#warmup, WARM_UP_AFTER_STILL);
  }

  /** When the newest frame came, on performance.now()'s clock, which nobody sets. */
  get lastFrame(): number | undefined {
    return this.#lastFrame;
  }

  /** What has been dropped since the newest frame. */
  get unfit(): Readonly<Record<string, number>> {
    return this.#unfit?.toJSON() ?? {};
  }

  /** @returns whether somebody is given the frame */
  frame(bytes: Uint8Array, format: PixelFormat, sequence: number, capturedAt: number, roomFor = 0): boolean {
    // By arrival: the time of capture jumps when the system's clock is set, and the pace would wait for it.
    const now = performance.now();
    this.#format = format;
    this.#sequence = sequence;
    this.#lastFrame = now;
    this.#lastFrameAt = capturedAt;
    this.#unfit = undefined;
    // A sign of life, but not of a picture: the camera is not live by it.
    if (this.#gate.drops(now)) {
      this.#dropped.add('warmup');
      return false;
    }
    this.#captured += 1;
    this.#frozen.look(bytes, now, capturedAt);
    if (this.#captured === 1) this.report(false);
    if (this.demand === 0 || !this.#pace.take(now)) return false;
    const ring = this.#ring(bytes, format, roomFor, now);
    return ring !== undefined && this.#write(ring, bytes, sequence, capturedAt);
  }

  /** A frame that the source itself could not give. */
  drop(reason: string, count = 1): void {
    this.#dropped.add(reason, count);
    this.#unfit ??= new Counters();
    this.#unfit.add(reason, count);
  }

  /** @param lively whether an unchanging picture is worth a mention */
  report(lively: boolean): void {
    const report: Report = {
      captured: this.#captured,
      dropped: this.#dropped.toJSON(),
      format: this.#format,
      sequence: this.#sequence,
      lastFrameAt: this.#lastFrameAt,
      frozenSince: lively ? this.#frozen.since : undefined,
    };
    this.#dropped = new Counters();
    this.#post({ type: 'report', ...report });
  }

  #write(ring: RingWriter, bytes: Uint8Array, sequence: number, capturedAt: number): boolean {
    const claim = ring.claim();
    if (!claim) {
      this.#dropped.add('ring-full');
      return false;
    }
    claim.bytes.set(bytes);
    const ref = claim.commit(bytes.length, sequence, capturedAt);
    this.#post({ type: 'frame', demand: this.demand, ...ref });
    return true;
  }

  /**
   * A ring is never changed: another format, or a JPEG larger than any before, gets another ring. Undefined for a source
   * whose formats change too often.
   */
  #ring(bytes: Uint8Array, format: PixelFormat, roomFor: number, now: number): RingWriter | undefined {
    const fits = this.#ringFormat && sameFormat(this.#ringFormat, format) && this.#writer;
    if (fits && bytes.length <= fits.slotBytes) return fits;
    if (!this.#mayMakeRing(now)) {
      this.#dropped.add('format-changes');
      return undefined;
    }
    // Slots are touched, and so cost memory, only as far as frames fill them.
    const guess = Math.min(Math.max(format.width * format.height * 2, roomFor), MAX_JPEG_GUESS);
    const room = isJpeg(format.fourcc) ? Math.max(guess, bytes.length * 2) : frameBytes(format);
    const slotBytes = Math.max(room, bytes.length);
    const slots = Math.min(Math.max(Math.floor(MAX_RING_BYTES / slotBytes), MIN_SLOTS), SLOTS);
    const buffer = allocateRing(slots, slotBytes);
    this.#writer = new RingWriter(buffer);
    this.#ringFormat = format;
    this.#post({ type: 'ring', buffer, format });
    return this.#writer;
  }

  #mayMakeRing(now: number): boolean {
    this.#rings = Math.max(0, this.#rings - (now - this.#ringAt) / RING_EVERY_MS);
    this.#ringAt = now;
    if (this.#rings >= RINGS_AT_ONCE) return false;
    this.#rings += 1;
    return true;
  }
}

function sameFormat(a: PixelFormat, b: PixelFormat): boolean {
  if (a === b) return true;
  return (
    a.fourcc === b.fourcc &&
    a.width === b.width &&
    a.height === b.height &&
    a.stride === b.stride &&
    a.range === b.range
  );
}

import {
  allocateRing,
  type Claim,
  Counters,
  frameBytes,
  inspectJpeg,
  isBroken,
  isJpeg,
  type JpegInfo,
  Pace,
  type PixelFormat,
  RingWriter,
  type Subscription,
  subscription,
} from '@framehub/frame';
import type { Report, Still, ThreadMessage } from '../messages.js';
import type { WarmUp } from '../options.js';
import type { SourceFrame } from '../sources/source.js';
import { FreezeDetector } from './freeze-detector.js';

/**
 * One slot is being filled, one holds the newest frame that waits for the encoder, and the others are in encodes:
 * four at a time, more than a machine with one camera gains from. When all are leased the encoder is behind, and newer
 * frames are dropped.
 */
const SLOTS = 6;
/** A ring of more bytes has fewer slots: frames this large are encoded one at a time. */
const MAX_RING_BYTES = 100 * 1024 * 1024;
const MIN_SLOTS = 3;

/** The most that a slot for JPEGs has before one of them is larger: a driver's claim comes from the camera. */
const MAX_JPEG_GUESS_BYTES = 8 * 1024 * 1024;

/** A ring is garbage as soon as the format changes: so many may be made at once, and one more each so often. */
const RINGS_AT_ONCE = 4;
const RING_EVERY_MS = 250;

/** The sensor has been at work for the still, and viewers are promised their stream within two seconds. */
const WARM_UP_AFTER_STILL_MS = 1000;

export interface OutletOptions {
  /** Frames per second at most. @default all */
  readonly fps?: number | undefined;
  /** The first frames, which are dropped. @default none */
  readonly warmup?: WarmUp | undefined;
  /** Called when {@link Outlet.wanted} may have changed. */
  readonly onDemand?: () => void;
}

/** Where a source's frames go: counted always, thinned and copied into the ring while they are wanted. */
export class Outlet {
  readonly #post: (message: ThreadMessage) => void;
  readonly #pace: Pace;
  readonly #frozen = new FreezeDetector();
  readonly #configuredWarmUp: WarmUp | undefined;
  readonly #onDemand: () => void;
  /** Requests for the next frame. */
  readonly #waiting = new Set<(still: Still) => void>();
  #warmUp: WarmUpGate;
  #demand = 0;
  #closed = false;
  #dropped = new Counters();
  #faults: Counters | undefined;
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

  constructor(post: (message: ThreadMessage) => void, { fps, warmup, onDemand = () => {} }: OutletOptions = {}) {
    this.#post = post;
    this.#pace = new Pace(fps ?? Number.POSITIVE_INFINITY);
    this.#configuredWarmUp = warmup;
    this.#warmUp = new WarmUpGate(warmup);
    this.#onDemand = onDemand;
  }

  /** Number of the demand that frames are for, or 0. */
  set demand(demand: number) {
    this.#demand = demand;
    this.#onDemand();
  }

  /** Whether the source has to give frames. A source that rests without demand could not warm up. */
  get wanted(): boolean {
    return this.#demand > 0 || this.warmingUp || this.#waiting.size > 0;
  }

  /** Whether frames are dropped for now, although they have to come. */
  get warmingUp(): boolean {
    return !this.#warmUp.over;
  }

  /** The camera has started anew after a still. */
  warmUp(): void {
    this.#warmUp = new WarmUpGate(this.#configuredWarmUp, WARM_UP_AFTER_STILL_MS);
    this.#onDemand();
  }

  /** When the newest frame came, on performance.now()'s clock. */
  get lastFrame(): number | undefined {
    return this.#lastFrame;
  }

  /** Frames that were dropped for a fault since the newest good one, by reason. */
  get faults(): Readonly<Record<string, number>> {
    return this.#faults?.toJSON() ?? {};
  }

  /** Calls the listener with a copy of the next frame, once; closing the subscription takes the request back. */
  next(listener: (still: Still) => void): Subscription {
    const entry = (still: Still): void => listener(still);
    this.#waiting.add(entry);
    this.#onDemand();
    return subscription(() => {
      this.#waiting.delete(entry);
      this.#onDemand();
    });
  }

  /**
   * Takes a frame: counts it, and copies it where it is wanted. Borrows its bytes until it returns. A JPEG is inspected
   * once: in the slot it was copied to, which is what readers see, or in place where it is not copied.
   *
   * @returns whether it was copied
   */
  readonly frame = (frame: SourceFrame): boolean => {
    if (this.#closed) return false;
    const { bytes, format, sequence, capturedAt } = frame;
    // By arrival: the time of capture jumps when the system's clock is set, and the pace would wait for it.
    const now = performance.now();
    if (this.warmingUp && !this.#passesWarmUp(frame, now)) return false;
    const slot = this.#demand > 0 && this.#pace.take(now) ? this.#claim(frame, now) : undefined;
    const claim = typeof slot === 'object' ? slot : undefined;
    claim?.bytes.set(bytes);
    const jpeg = frame.jpeg ?? this.#inspect(claim ? claim.bytes.subarray(0, bytes.length) : bytes, format);
    if (jpeg === 'broken') {
      claim?.abandon();
      return false;
    }
    this.#count(frame, now);
    if (typeof slot === 'string') this.#dropped.add(slot);
    if (claim) {
      const ref = claim.commit(bytes.length, sequence, capturedAt, jpeg);
      this.#post({ type: 'frame', demand: this.#demand, ...ref });
    }
    const wasAwaited = this.#waiting.size > 0;
    if (wasAwaited) this.#answer(frame, jpeg);
    return claim !== undefined || wasAwaited;
  };

  /** Counts frames that the source could not give. */
  readonly drop = (reason: string, count = 1): void => {
    this.#dropped.add(reason, count);
    this.#faults ??= new Counters();
    this.#faults.add(reason, count);
  };

  /** @param lively whether an unchanging image is worth a report */
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

  /** Ignores frames from now on. */
  close(): void {
    this.#closed = true;
  }

  /** Whether a frame ends the warm-up. One that does not is a sign of life, but not a usable frame: it makes nothing live. */
  #passesWarmUp(frame: SourceFrame, now: number): boolean {
    if (!frame.jpeg && this.#inspect(frame.bytes, frame.format) === 'broken') return false;
    if (this.#warmUp.drops(now)) {
      this.#see(frame, now);
      this.#dropped.add('warmup');
      return false;
    }
    this.#onDemand();
    return true;
  }

  #inspect(bytes: Uint8Array, format: PixelFormat): JpegInfo | 'broken' | undefined {
    if (!isJpeg(format.fourcc)) return undefined;
    const inspected = inspectJpeg(bytes);
    if (!isBroken(inspected)) return inspected;
    this.drop(inspected.fault);
    return 'broken';
  }

  #see({ format, sequence, capturedAt }: SourceFrame, now: number): void {
    this.#format = format;
    this.#sequence = sequence;
    this.#lastFrame = now;
    this.#lastFrameAt = capturedAt;
    this.#faults = undefined;
  }

  #count(frame: SourceFrame, now: number): void {
    this.#see(frame, now);
    this.#captured += 1;
    this.#frozen.compare(frame.bytes, now, frame.capturedAt);
    if (this.#captured === 1) this.report(false);
  }

  #answer({ bytes, format, sequence, capturedAt }: SourceFrame, jpeg: JpegInfo | undefined): void {
    const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
    copy.set(bytes);
    const listeners = [...this.#waiting];
    this.#waiting.clear();
    for (const listener of listeners) listener({ bytes: copy, format, sequence, capturedAt, jpeg });
    this.#onDemand();
  }

  /** A slot for the frame, or the reason why there is none. */
  #claim(frame: SourceFrame, now: number): Claim | 'ring-full' | 'format-changes' {
    const ring = this.#ringFor(frame, now);
    return ring ? (ring.claim() ?? 'ring-full') : 'format-changes';
  }

  /**
   * A ring is never changed: another format, or a JPEG larger than any before, gets another ring. Undefined for a source
   * whose format changes too often.
   */
  #ringFor({ bytes, format, maxBytes = 0 }: SourceFrame, now: number): RingWriter | undefined {
    const fits = this.#ringFormat && sameFormat(this.#ringFormat, format) && this.#writer;
    if (fits && bytes.length <= fits.slotBytes) return fits;
    if (!this.#mayMakeRing(now)) return undefined;
    // Slots are touched, and so cost memory, only as far as frames fill them.
    const guess = Math.min(Math.max(format.width * format.height * 2, maxBytes), MAX_JPEG_GUESS_BYTES);
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

/** Decides which of the first frames after a start are dropped. */
export class WarmUpGate {
  readonly #frames: number;
  readonly #milliseconds: number;
  readonly #limit: number;
  #passed = 0;
  #since: number | undefined;
  #over: boolean;

  /**
   * @param warmup undefined: none
   * @param limit milliseconds after which it is over, whatever is left of it
   */
  constructor(warmup: WarmUp | undefined, limit = Number.POSITIVE_INFINITY) {
    this.#frames = warmup && 'frames' in warmup ? warmup.frames : 0;
    this.#milliseconds = warmup && 'milliseconds' in warmup ? warmup.milliseconds : 0;
    this.#limit = limit;
    this.#over = this.#frames === 0 && this.#milliseconds === 0;
  }

  /** Whether a frame has passed, or none has to wait. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * To be called for each frame.
   * @param now milliseconds of a monotonic clock
   */
  drops(now: number): boolean {
    if (this.#over) return false;
    this.#since ??= now;
    this.#passed += 1;
    const elapsed = now - this.#since;
    const isWarm = this.#passed > this.#frames && elapsed >= this.#milliseconds;
    this.#over = isWarm || elapsed >= this.#limit;
    return !this.#over;
  }
}

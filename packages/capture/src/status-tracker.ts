import {
  type CameraControl,
  type CameraState,
  type CameraStatus,
  type ControlOrigin,
  Counters,
  type ErrorRecord,
  type FramehubError,
  type Logger,
  type PixelFormat,
  type RawFrame,
} from '@framehub/frame';
import type { CaptureFailure } from './capture-error.js';
import type { Opened, Report } from './messages.js';

/** The same fault is logged once in this time: what goes wrong in a timer goes wrong each time. */
const SAME_FAULT_MS = 60_000;
const RATE_WINDOW_MS = 4000;

/** What a camera knows about itself: all of its status but encoding. */
export type CameraSnapshot = Omit<CameraStatus, 'rendition' | 'encodeSeconds'>;

/** What happens to a camera. Each change is emitted once. */
export type CameraEvent =
  /** Its state, or the error behind it, has changed. */
  | { readonly type: 'state'; readonly snapshot: CameraSnapshot }
  /** Its image has stopped changing, or moves again. */
  | { readonly type: 'frozen'; readonly snapshot: CameraSnapshot }
  /** Values of controls were changed. */
  | {
      readonly type: 'controls';
      /** All controls, as read back. */
      readonly controls: readonly CameraControl[];
      /** Names of the controls whose values have changed. */
      readonly changed: readonly string[];
      /** `external`: by another program that has the device open too. */
      readonly origin: ControlOrigin;
    };

/** A camera's state, error and counts over all of its threads. Each change is published and logged once. */
export class StatusTracker {
  readonly dropped = new Counters();
  /** Failures by code. */
  readonly failures = new Counters();
  label: string;
  error: ErrorRecord | undefined;
  nominalFps: number | undefined;
  format: PixelFormat | undefined;
  captured = 0;
  restarts = 0;
  lastFrameAt: number | undefined;
  frozenSince: number | undefined;
  /** Above all sequences that were used. */
  nextSequence = 0;
  readonly #camera: string;
  readonly #logger: Logger;
  readonly #changed: (what: 'state' | 'frozen') => void;
  readonly #rate = new RateMeter();
  readonly #waiting = new Set<() => void>();
  #state: CameraState = 'starting';
  #since = Date.now();
  #capturedBefore = 0;
  #fault = '';
  #faultAt = Number.NEGATIVE_INFINITY;

  /** @param changed called when the state or the error behind it has changed, or the image froze or moves again */
  constructor(camera: string, label: string, logger: Logger, changed: (what: 'state' | 'frozen') => void) {
    this.#camera = camera;
    this.label = label;
    this.#logger = logger;
    this.#changed = changed;
  }

  get state(): CameraState {
    return this.#state;
  }

  /** Unix milliseconds since when the camera is in this state, for this reason. */
  get since(): number {
    return this.#since;
  }

  /** @param placeholder what viewers see now instead of an image */
  snapshot(placeholder: string | undefined): CameraSnapshot {
    return {
      name: this.#camera,
      source: this.label,
      state: this.#state,
      error: this.error,
      placeholder,
      format: this.format,
      fps: { nominal: this.nominalFps, measured: this.#rate.perSecond },
      frames: { captured: this.captured, dropped: this.dropped.toJSON() },
      lastFrameAt: this.lastFrameAt,
      frozenSince: this.frozenSince,
      restarts: this.restarts,
      failures: this.failures.toJSON(),
    };
  }

  /** Resolves as soon as the camera is no longer starting. */
  settled(): Promise<void> {
    return this.#state === 'starting' ? new Promise((resolve) => this.#waiting.add(resolve)) : Promise.resolve();
  }

  /** Changes the state and keeps the error. */
  enter(state: CameraState): void {
    this.#enter(state, false);
  }

  /** The first frame has come: clears the error. */
  live(): void {
    this.error = undefined;
    const { format, label, nominalFps } = this;
    const size = format ? `${format.width}x${format.height} ${format.fourcc}` : '';
    const rate = nominalFps ? ` at ${Number(nominalFps.toFixed(2))} frames a second` : '';
    this.#logger.info({ camera: this.#camera, source: label }, `camera is live: ${label}, ${size}${rate}`);
    this.#enter('live', false);
  }

  failed(error: FramehubError): void {
    const { code, message } = error;
    const isNew = this.error?.code !== code;
    this.error = error.toJSON();
    this.failures.add(code);
    if (isNew) this.#logger.warn({ camera: this.#camera, code }, `camera has failed: ${message} (it is tried again)`);
    this.#enter('retrying', isNew);
  }

  /** Enters an inactive state, which clears the error. */
  rest(state: 'standby' | 'off' | 'closed'): void {
    this.error = undefined;
    this.#enter(state, false);
  }

  #enter(state: CameraState, isNewError: boolean): void {
    if (this.#state === state && !isNewError) return;
    this.#state = state;
    this.#since = Date.now();
    if (state !== 'starting') {
      for (const resolve of this.#waiting) resolve();
      this.#waiting.clear();
    }
    this.#changed('state');
  }

  /** The source may be another one, of which nothing is known yet. */
  renamed(label: string): void {
    this.label = label;
    this.nominalFps = undefined;
  }

  opened({ label, fps }: Opened): void {
    this.label = label;
    this.nominalFps = fps;
  }

  /** A thread has begun, which counts from zero. */
  threadStarted(): void {
    this.#capturedBefore = this.captured;
    this.#rate.reset();
  }

  /** Frames no longer come. */
  threadEnded(): void {
    this.#rate.reset();
    this.frozenSince = undefined;
  }

  frame({ sequence, capturedAt }: RawFrame): void {
    this.used(sequence);
    this.lastFrameAt = capturedAt;
  }

  /** A sequence has been used. */
  used(sequence: number): void {
    this.nextSequence = Math.max(this.nextSequence, sequence + 1);
  }

  /** Adds a thread's report. */
  count({ captured, dropped, sequence, format, lastFrameAt, frozenSince }: Report): void {
    this.captured = this.#capturedBefore + captured;
    this.dropped.addAll(dropped);
    this.#rate.read(this.captured, performance.now());
    if (sequence !== undefined) this.used(sequence);
    this.format = format ?? this.format;
    this.lastFrameAt = lastFrameAt ?? this.lastFrameAt;
    this.frozenSince = frozenSince;
  }

  /** The image has frozen, or moves again. */
  frozenChanged(): void {
    if (this.frozenSince === undefined) this.log('info', 'the image moves again');
    else
      this.log('warn', 'the image is frozen: the camera sends the same one again and again; replug it if it stays so');
    this.#changed('frozen');
  }

  log(level: 'info' | 'warn' | 'error', message: string): void {
    this.#logger[level]({ camera: this.#camera }, message);
  }

  logFault({ error: { code, message }, place }: CaptureFailure): void {
    const now = performance.now();
    if (message === this.#fault && now - this.#faultAt < SAME_FAULT_MS) return;
    this.#fault = message;
    this.#faultAt = now;
    this.#logger.error({ camera: this.#camera, code }, `${message} (thrown at ${place})`);
  }
}

/** Frames per second over the last seconds, from a count that is read now and then. */
export class RateMeter {
  #readings: { readonly at: number; readonly count: number }[] = [];

  /**
   * @param count rises
   * @param at milliseconds of a monotonic clock
   */
  read(count: number, at: number): void {
    this.#readings.push({ at, count });
    while (this.#readings.length > 2 && at - (this.#readings[1]?.at ?? at) >= RATE_WINDOW_MS) this.#readings.shift();
  }

  /** The count begins again. */
  reset(): void {
    this.#readings = [];
  }

  get perSecond(): number {
    const [first] = this.#readings;
    const last = this.#readings.at(-1);
    if (!first || !last || last.at <= first.at) return 0;
    return ((last.count - first.count) * 1000) / (last.at - first.at);
  }
}

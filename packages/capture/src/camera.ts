import {
  type CameraControl,
  type CameraStatus,
  type ControlValues,
  type Logger,
  type Producer,
  type RawFrame,
  type StillSize,
  type Subscription,
  subscription,
} from '@framehub/frame';
import { CameraControls, type ControlsChange } from './camera-controls.js';
import { changeOptions } from './change-options.js';
import { Gate } from './gate.js';
import { type CameraOptions, checkCameraOptions } from './options.js';
import { Placeholder } from './placeholder/placeholder.js';
import { firstSetup } from './setup.js';
import { Stills } from './stills.js';
import { Supervisor, type SupervisorParts } from './supervisor.js';

/** What a camera knows of itself: all of its status that is not about encoding. */
export type CameraSnapshot = Omit<CameraStatus, 'rendition' | 'encodeSeconds'>;

/** Something that became of a camera. Each is told once. */
export type CameraEvent =
  /** Its state, or the error behind it, is another. */
  | { readonly type: 'state'; readonly snapshot: CameraSnapshot }
  /** Its picture has stopped changing, or moves again. */
  | { readonly type: 'frozen'; readonly snapshot: CameraSnapshot }
  /** Values of controls were changed, here or elsewhere. */
  | ({ readonly type: 'controls' } & ControlsChange);

/**
 * A source of pictures on a thread of its own, kept going.
 *
 * Failures are state, not exceptions: a camera that is missing, busy or unplugged is tried again until it is closed.
 */
export class Camera implements Producer<RawFrame> {
  readonly name: string;
  readonly #supervisor: Supervisor;
  readonly #controls: CameraControls;
  readonly #stills: Stills;
  readonly #placeholder: Placeholder;
  readonly #gate = new Gate();
  readonly #sinks = new Set<(frame: RawFrame) => void>();
  readonly #listeners = new Set<(event: CameraEvent) => void>();

  /** Throws `CAPTURE_INVALID_OPTION`. Starts nothing. */
  constructor(options: CameraOptions, logger: Logger, parts: SupervisorParts = {}) {
    checkCameraOptions(options);
    this.name = options.name;
    const tell = (event: CameraEvent): void => this.#tell(event);
    const events = {
      frame: (frame: RawFrame) => this.#publish(frame),
      state: () => {
        this.#placeholder.update();
        this.#stills.update();
        tell({ type: 'state', snapshot: this.status() });
      },
      frozen: () => tell({ type: 'frozen', snapshot: this.status() }),
      controlsChanged: (controls: readonly CameraControl[], changed: readonly string[]) =>
        tell({ type: 'controls', controls, changed, origin: 'external' }),
    };
    this.#supervisor = new Supervisor(firstSetup(options), logger, events, parts);
    this.#placeholder = new Placeholder(this.#supervisor, events.frame);
    this.#controls = new CameraControls(this.#supervisor, (change) => tell({ type: 'controls', ...change }));
    this.#stills = new Stills(this.#supervisor, this);
  }

  /** Opens the source, so that it is ready, and known to work, before the first viewer comes. */
  open(): void {
    this.#supervisor.wake();
  }

  /**
   * Delivers new frames until the function it returns is called. Wakes a sleeping camera. While there are no pictures
   * come cards that say why, with `placeholder` set, once a second.
   */
  start(sink: (frame: RawFrame) => void): Subscription {
    // A key of its own: the same function may be given twice.
    const own = (frame: RawFrame): void => sink(frame);
    this.#sinks.add(own);
    if (this.#sinks.size === 1) this.#supervisor.demand(true);
    this.#placeholder.demand(true);
    return subscription(() => {
      if (!this.#sinks.delete(own) || this.#sinks.size > 0) return;
      this.#supervisor.demand(false);
      this.#placeholder.demand(false);
    });
  }

  status(): CameraSnapshot {
    const it = this.#supervisor.vitals;
    return {
      name: this.name,
      source: it.label,
      state: it.state,
      error: it.error,
      placeholder: this.#placeholder.title,
      format: it.format,
      fps: { nominal: it.nominalFps, measured: it.rate.perSecond },
      frames: { captured: it.captured, dropped: it.dropped.toJSON() },
      lastFrameAt: it.lastFrameAt,
      frozenSince: it.frozenSince,
      restarts: it.restarts,
      failures: it.failures.toJSON(),
    };
  }

  /** Calls the listener for each event, once. Returns a function that ends it. */
  watch(listener: (event: CameraEvent) => void): () => void {
    // A key of its own: the same function may be given twice.
    const own = (event: CameraEvent): void => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /**
   * Resolves as soon as the camera is no longer starting: live, failed, asleep, off or closed; or with what is known
   * after `limit` milliseconds.
   */
  async settled(limit = 10_000): Promise<CameraSnapshot> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limit);
    });
    await Promise.race([this.#supervisor.vitals.settled(), late]);
    clearTimeout(timer);
    return this.status();
  }

  /**
   * Goes on with other options, while sinks stay. Resolves once frames come with them. A live camera that fails with
   * them goes back to what it had, and the reason is thrown; one that gave no frames before takes them all the same.
   * Changes are made one after the other. Rejects with `CAPTURE_INVALID_OPTION`.
   */
  async change(options: Omit<CameraOptions, 'name'>): Promise<void> {
    const named = { ...options, name: this.name };
    checkCameraOptions(named);
    await this.#gate.change(() => changeOptions(this.#supervisor, named));
  }

  /** Rejects with `CAPTURE_NO_CONTROLS`, or with the error that keeps the camera from opening. Wakes a sleeping camera. */
  controls(): Promise<readonly CameraControl[]> {
    return this.#gate.question(() => this.#controls.list());
  }

  /**
   * Sets controls, all or none on bad names and values, and returns all as read back. They are set again when the
   * source is started again. Rejects with `CAPTURE_CONTROL_UNKNOWN`, `…_RANGE`, `…_READ_ONLY`, `…_REFUSED`.
   */
  setControls(values: ControlValues): Promise<readonly CameraControl[]> {
    return this.#gate.question(() => this.#controls.set(values));
  }

  /**
   * The same, in place of all that were set before and of those of the options: the others get back what they were.
   * For a camera that is away or switched off they are kept for when it is back, and nothing is read back: `[]`.
   */
  replaceControls(values: ControlValues): Promise<readonly CameraControl[]> {
    return this.#gate.question(() => this.#controls.replace(values));
  }

  /**
   * One picture of this size, in memory of its own, for which the stream is interrupted where it must. Wakes a sleeping
   * camera. Who asks for the same meanwhile gets the same. Rejects with a `CAPTURE_…` error.
   */
  still(size: StillSize): Promise<RawFrame> {
    return this.#gate.question(() => this.#stills.take(size));
  }

  /** Puts the camera's controls back and closes it, whoever wants frames, until it is switched on again. */
  switchOff(): Promise<void> {
    return this.#supervisor.switchOff();
  }

  /** Opens the camera again. */
  switchOn(): void {
    this.#supervisor.switchOn();
  }

  /** Puts the camera's controls back, closes it and ends its thread, within two seconds. For good; may be called again. */
  async close(): Promise<void> {
    this.#sinks.clear();
    await this.#supervisor.close();
  }

  #publish(frame: RawFrame): void {
    for (const sink of this.#sinks) sink(frame);
  }

  #tell(event: CameraEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

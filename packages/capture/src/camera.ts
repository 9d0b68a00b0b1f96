import type { CameraControl, CameraStatus, Logger, Producer, RawFrame } from '@framehub/frame';
import { type CameraOptions, checkCameraOptions } from './options.js';
import { Supervisor, type SupervisorParts } from './supervisor.js';

/** What a camera knows of itself: all of its status that is not about encoding. */
export type CameraSnapshot = Omit<CameraStatus, 'rendition' | 'encodeSeconds'>;

/**
 * A source of pictures on a thread of its own, kept going.
 *
 * Failures are state, not exceptions: a camera that is missing, busy or unplugged is tried again until it is closed.
 */
export class Camera implements Producer<RawFrame> {
  readonly name: string;
  readonly #supervisor: Supervisor;
  readonly #sinks = new Set<(frame: RawFrame) => void>();
  readonly #listeners = new Set<(snapshot: CameraSnapshot) => void>();

  /** Throws `CAPTURE_BAD_OPTION`. Starts nothing. */
  constructor(options: CameraOptions, logger: Logger, parts: SupervisorParts = {}) {
    checkCameraOptions(options);
    this.name = options.name;
    const events = { frame: (frame: RawFrame) => this.#publish(frame), changed: () => this.#announce() };
    this.#supervisor = new Supervisor(options, logger, events, parts);
  }

  /** Opens the source, so that it is ready, and known to work, before the first viewer comes. */
  open(): void {
    this.#supervisor.wake();
  }

  /** Delivers new frames until the function it returns is called. Wakes a sleeping camera. */
  start(sink: (frame: RawFrame) => void): () => void {
    // A key of its own: the same function may be given twice.
    const own = (frame: RawFrame): void => sink(frame);
    this.#sinks.add(own);
    if (this.#sinks.size === 1) this.#supervisor.demand(true);
    return () => {
      if (this.#sinks.delete(own) && this.#sinks.size === 0) this.#supervisor.demand(false);
    };
  }

  status(): CameraSnapshot {
    const it = this.#supervisor;
    return {
      name: this.name,
      source: it.label,
      state: it.state,
      error: it.error,
      format: it.format,
      fps: { nominal: it.nominalFps, measured: it.rate.perSecond },
      frames: { captured: it.captured, dropped: it.dropped.toJSON() },
      lastFrameAt: it.lastFrameAt,
      frozenSince: it.frozenSince,
      restarts: it.restarts,
    };
  }

  /** Calls the listener once for each change of state or of the error behind it. Returns a function that ends it. */
  onState(listener: (snapshot: CameraSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Resolves as soon as the camera is no longer starting: live, failed, asleep or closed; or with what is known after
   * `limit` milliseconds.
   */
  settled(limit = 10_000): Promise<CameraSnapshot> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        off();
        resolve(this.status());
      };
      const off = this.onState(({ state }) => state !== 'starting' && done());
      const timer = setTimeout(done, limit);
      if (this.status().state !== 'starting') done();
    });
  }

  /** Rejects with `CAPTURE_NO_CONTROLS`, or with the error that keeps the camera from opening. Wakes a sleeping camera. */
  async controls(): Promise<readonly CameraControl[]> {
    return this.#supervisor.ask((thread) => thread.controls());
  }

  /**
   * Sets controls, all or none on bad names and values, and returns all as read back. They are set again when the
   * source is started again. Rejects with `CAPTURE_CONTROL_UNKNOWN`, `…_RANGE`, `…_READ_ONLY`, `…_REFUSED`.
   */
  async setControls(values: Readonly<Record<string, number>>): Promise<readonly CameraControl[]> {
    const controls = await this.#supervisor.ask((thread) => thread.setControls(values));
    this.#supervisor.keepControls(values);
    return controls;
  }

  /** Puts the camera's controls back, closes it and ends its thread, within two seconds. For good; may be called again. */
  async close(): Promise<void> {
    this.#sinks.clear();
    await this.#supervisor.close();
  }

  #publish(frame: RawFrame): void {
    for (const sink of this.#sinks) sink(frame);
  }

  #announce(): void {
    const snapshot = this.status();
    for (const listener of this.#listeners) listener(snapshot);
  }
}

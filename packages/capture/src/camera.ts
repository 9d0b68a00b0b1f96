import {
  type CameraControl,
  type ControlValues,
  codeOf,
  type ListenOptions,
  Lock,
  type Producer,
  type RawFrame,
  type StillSize,
  type Subscription,
  silentLogger,
  within,
} from '@framehub/frame';
import { frameOf } from './messages.js';
import { type CameraOptions, type CaptureOptions, checkCameraOptions } from './options.js';
import { differing, type KeptControls, lasting } from './setup.js';
import type { CameraEvent, CameraSnapshot } from './status-tracker.js';
import { type CameraParts, Supervisor } from './supervisor.js';

const SETTLE_TIMEOUT_MS = 10_000;

/** Options of methods that wait. */
export interface WaitOptions {
  /** Ends the waiting: rejects with the signal's reason. What was asked for goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Camera.settled}. */
export interface SettledOptions extends WaitOptions {
  /** @default 10000 */
  readonly timeoutMs?: number;
}

/** A {@link Camera} in which tests can replace parts. Not exported from the package. */
export class SupervisedCamera implements Producer<RawFrame>, AsyncDisposable {
  readonly name: string;
  readonly #supervisor: Supervisor;
  /** Requests are made side by side, changes of the options alone. */
  readonly #lock = new Lock();
  readonly #stills = new Map<string, Promise<RawFrame>>();

  constructor({ logger = silentLogger, ...options }: CameraOptions, parts: CameraParts = {}) {
    checkCameraOptions(options);
    this.name = options.name;
    this.#supervisor = new Supervisor(options, logger, parts);
  }

  /** Opens the source, so that it is ready, and known to work, before the first frame is wanted. */
  open(): void {
    this.#supervisor.wake();
  }

  /**
   * Delivers new frames to one consumer until the subscription is closed. Opens a camera that is on standby. While there
   * is no image, it delivers a placeholder once a second: a frame with `placeholder` set. Frames are references: the
   * consumer takes a lease to read one.
   *
   * @throws `CAPTURE_ALREADY_STARTED` while another consumer's subscription is open
   */
  start(sink: (frame: RawFrame) => void): Subscription {
    return this.#supervisor.start(sink);
  }

  /** All that is known about the camera now. */
  status(): CameraSnapshot {
    return this.#supervisor.snapshot();
  }

  /** Calls the listener for each event, after the change is visible in `status()`. */
  subscribe(listener: (event: CameraEvent) => void, options?: ListenOptions): Subscription {
    return this.#supervisor.events.subscribe(listener, options);
  }

  /** Resolves with the status as soon as the camera is no longer starting, or when the time is over. */
  async settled({ timeoutMs = SETTLE_TIMEOUT_MS, signal }: SettledOptions = {}): Promise<CameraSnapshot> {
    await within(this.#supervisor.status.settled(), timeoutMs, signal);
    signal?.throwIfAborted();
    return this.status();
  }

  /**
   * Goes on with other options while the consumer stays subscribed. Resolves once frames come with them. A live camera
   * that fails with them goes back to the old ones, and the reason is thrown; a camera that gave no frames before takes
   * them in any case. Changes are made one after the other.
   *
   * @throws `CAPTURE_INVALID_OPTION`, or the failure with the new options
   */
  async change(options: Omit<CaptureOptions, 'name'>): Promise<void> {
    const named = { ...options, name: this.name };
    checkCameraOptions(named);
    await this.#lock.exclusive(() => this.#supervisor.change(named));
  }

  /**
   * The camera's controls with their present values. Opens a camera that is on standby.
   *
   * @throws `CAPTURE_NO_CONTROLS`, or the error that keeps the camera from opening
   */
  controls({ signal }: WaitOptions = {}): Promise<readonly CameraControl[]> {
    return this.#request(signal, () => this.#supervisor.ask((request) => request({ type: 'controls' })));
  }

  /**
   * Sets controls by name: all or none on bad names and values. They are set again each time the source is started.
   *
   * @returns all controls, as read back
   * @throws `CAPTURE_NO_CONTROLS`, `CAPTURE_CONTROL_UNKNOWN`, `CAPTURE_CONTROL_RANGE`, `CAPTURE_CONTROL_READ_ONLY` or
   *   `CAPTURE_CONTROL_REFUSED`
   */
  setControls(values: ControlValues, { signal }: WaitOptions = {}): Promise<readonly CameraControl[]> {
    const keep = (kept: KeptControls, controls: readonly CameraControl[]) => kept.with(lasting(values, controls));
    return this.#request(signal, () => this.#setControls({ type: 'set-controls', values }, keep));
  }

  /**
   * Sets controls in place of all that were set before or are in the options: the others get their original values back.
   * A camera that is failing or switched off takes them when it starts; the result is empty then.
   */
  replaceControls(values: ControlValues, { signal }: WaitOptions = {}): Promise<readonly CameraControl[]> {
    const keep = (kept: KeptControls, controls: readonly CameraControl[]) => kept.replacedBy(lasting(values, controls));
    return this.#request(signal, async () => {
      try {
        return await this.#setControls({ type: 'replace-controls', values }, keep);
      } catch (error) {
        const { setup, status } = this.#supervisor;
        const isAway = status.state === 'retrying' || status.state === 'off';
        const isRefusal = /^CAPTURE_(NO_CONTROLS|CONTROL_)/.test(codeOf(error) ?? '');
        if (!isAway || isRefusal) throw error;
        this.#supervisor.adopt({ ...setup, kept: setup.kept.replacedBy(values) });
        return [];
      }
    });
  }

  #setControls(
    change: { readonly type: 'set-controls' | 'replace-controls'; readonly values: ControlValues },
    keep: (kept: KeptControls, controls: readonly CameraControl[]) => KeptControls,
  ): Promise<readonly CameraControl[]> {
    return this.#supervisor.ask(async (request) => {
      const before = await request({ type: 'controls' });
      const controls = await request(change);
      const { setup, events } = this.#supervisor;
      this.#supervisor.adopt({ ...setup, kept: keep(setup.kept, controls) });
      const changed = differing(before, controls);
      if (changed.length > 0) events.emit({ type: 'controls', controls, changed, origin: 'framehub' });
      return controls;
    });
  }

  /**
   * One frame of this size, in memory of its own, for which the stream is interrupted where it must be. Opens a camera
   * that is on standby. Callers that ask for the same size meanwhile share the frame.
   *
   * @returns owned; its leases are never refused
   * @throws a `CAPTURE_…` error
   */
  still(size: StillSize, { signal }: WaitOptions = {}): Promise<RawFrame> {
    return this.#request(signal, () => {
      const key = size === 'max' ? size : `${size.width}x${size.height}`;
      const shared = this.#stills.get(key);
      if (shared) return shared;
      const still = this.#takeStill(size).finally(() => this.#stills.delete(key));
      this.#stills.set(key, still);
      return still;
    });
  }

  async #takeStill(size: StillSize): Promise<RawFrame> {
    const still = await this.#supervisor.ask((request) => request({ type: 'still', size }));
    this.#supervisor.status.used(still.sequence);
    return frameOf(still);
  }

  /** Restores the camera's controls and closes it, until it is switched on again. */
  switchOff(): Promise<void> {
    return this.#supervisor.switchOff();
  }

  /** Opens the camera again. */
  switchOn(): void {
    this.#supervisor.switchOn();
  }

  /** Restores the camera's controls, closes it and ends its thread, within two seconds. For good; may be called again. */
  close(): Promise<void> {
    return this.#supervisor.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #request<T>(signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
    return abortable(signal, () => this.#lock.shared(ask));
  }
}

/**
 * A source of frames on a thread of its own, kept alive until it is closed.
 *
 * Failures are state, not exceptions: a camera that is missing, busy or unplugged is retried.
 *
 * @example
 * await using camera = new Camera({ name: 'garage', source: { type: 'v4l2', device: '/dev/video0' } });
 * camera.subscribe((event) => console.log(event.type));
 * camera.open();
 * console.log((await camera.settled()).state);
 */
export class Camera extends SupervisedCamera {
  /**
   * Starts nothing yet.
   *
   * @throws `CAPTURE_INVALID_OPTION`
   */
  constructor(options: CameraOptions) {
    super(options);
  }
}

/** Rejects with the signal's reason when it aborts before the work is done. */
function abortable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (!signal) return work();
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort);
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

import { BackOff, type FramehubError, type Subscription } from '@framehub/frame';
import { type DeviceWatch, devices } from './device-watch.js';
import type { SourceOptions } from './options.js';

/**
 * Failures that are probably over when a device appears or gets other permissions. Others may be over then as well,
 * since people replug a camera that fails.
 */
const CURABLE: readonly string[] = [
  'CAPTURE_DEVICE_GONE',
  'CAPTURE_NO_PERMISSION',
  'CAPTURE_DEVICE_BUSY',
  'CAPTURE_NOT_A_CAMERA',
  'CAPTURE_THREAD_HUNG',
];

/** After frames for this long the back-off begins again: the next failure has nothing to do with the last one. */
const STEADY_MS = 10_000;
/** The longest time of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface RetryParts {
  readonly backOff?: BackOff;
  readonly devices?: DeviceWatch;
  /** Milliseconds of a monotonic clock. @default performance.now */
  readonly now?: () => number;
}

/**
 * When a camera that failed is tried again: after a back-off, and as soon as devices appear. A device that appears also
 * resets the back-off where that is likely to help: links to a new node and the permission to open it come a moment
 * later. Otherwise the back-off keeps growing, so that a flapping device is not retried in a tight loop.
 */
export class Retry {
  readonly #attempt: () => void;
  readonly #backOff: BackOff;
  readonly #devices: DeviceWatch;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #listening: Subscription | undefined;
  /** No attempt before a device appears or `release` is called. */
  #held = false;
  #workingSince: number | undefined;
  /** A device has appeared since the last attempt began. */
  #appeared = false;
  #curable = false;

  /** @param attempt called once for each failure */
  constructor(attempt: () => void, parts: RetryParts = {}) {
    this.#attempt = attempt;
    this.#backOff = parts.backOff ?? new BackOff({ minMs: 250, maxMs: 10_000 });
    this.#devices = parts.devices ?? devices;
    this.#now = parts.now ?? (() => performance.now());
  }

  /** Whether another attempt is to come. */
  get scheduled(): boolean {
    return this.#timer !== undefined;
  }

  /** The camera has failed, and cannot be tried again yet. Devices that appear from now on count. */
  failed(source: SourceOptions, { code }: FramehubError): void {
    this.#workingSince = undefined;
    this.#curable = CURABLE.includes(code);
    this.#watchDevices(source);
  }

  /** Schedules the next attempt. */
  schedule(): void {
    this.#unschedule();
    const wait = this.#backOff.next();
    this.#timer = setTimeout(() => this.#try(), this.#appeared ? 0 : wait);
  }

  /** Waits until a device appears or `release` is called: an attempt would fail before. */
  hold(source: SourceOptions): void {
    this.#unschedule();
    this.#watchDevices(source);
    this.#held = true;
    // Does nothing; but a process that waits for a camera must not exit, as with any other wait.
    this.#timer = setInterval(() => {}, MAX_TIMER_MS);
    if (this.#appeared) this.#try();
  }

  /** Ends a `hold`. */
  release(): void {
    if (this.#held) this.schedule();
  }

  /** The camera works, or is not to be tried any more. */
  cancel(): void {
    this.#unschedule();
    this.#ignoreDevices();
    this.#workingSince = undefined;
  }

  /** To be called again and again while frames come. */
  working(): void {
    const now = this.#now();
    this.#workingSince ??= now;
    if (now - this.#workingSince > STEADY_MS) this.#backOff.reset();
  }

  #watchDevices({ type }: SourceOptions): void {
    if (type === 'v4l2') this.#listening ??= this.#devices.subscribe(() => this.#deviceAppeared());
    else this.#ignoreDevices();
  }

  #deviceAppeared(): void {
    if (this.#curable) this.#backOff.reset();
    this.#appeared = true;
    if (this.#timer) this.#try();
  }

  #try(): void {
    this.#unschedule();
    // A device that appears during the attempt may come too late for it.
    this.#appeared = false;
    this.#attempt();
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held = false;
  }

  #ignoreDevices(): void {
    this.#listening?.close();
    this.#listening = undefined;
    this.#appeared = false;
  }
}

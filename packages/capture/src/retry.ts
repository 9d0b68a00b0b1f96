import type { FramehubError } from '@framehub/frame';
import { BackOff } from './back-off.js';
import { type DeviceWatch, devices } from './device-watch.js';
import type { SourceOptions } from './options.js';

/**
 * What a device that appears, or gets other permissions, is likely to put right. It may be the answer to anything else
 * as well, for whoever is told of a failure replugs the camera.
 */
const CURABLE = [
  'CAPTURE_DEVICE_GONE',
  'CAPTURE_NO_PERMISSION',
  'CAPTURE_DEVICE_BUSY',
  'CAPTURE_NOT_A_CAMERA',
  'CAPTURE_THREAD_HUNG',
] as const;

/** Frames for this long, and the next failure is a new one: its first retry comes soon. */
const STEADY_MS = 10_000;
/** As long as a timer may run. */
const LONG_MS = 2 ** 31 - 1;

export interface RetryParts {
  readonly backOff?: BackOff;
  readonly devices?: DeviceWatch;
}

/**
 * When a camera that failed is tried again: after a while that grows from try to try, and as soon as devices appear.
 * Then the waits are short again if that is likely to help: links to a new node and the right to open it come a moment
 * after it. Otherwise they go on growing: a camera that fails and reappears by itself, again and again, is not chased.
 */
export class Retry {
  readonly #again: () => void;
  readonly #backOff: BackOff;
  readonly #devices: DeviceWatch;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;
  /** Time alone brings no try. */
  #held = false;
  #workingSince: number | undefined;
  /** A device has appeared since the last try began. */
  #news = false;
  #curable = false;

  /** @param again tries it, once for each failure */
  constructor(again: () => void, parts: RetryParts = {}) {
    this.#again = again;
    this.#backOff = parts.backOff ?? new BackOff();
    this.#devices = parts.devices ?? devices;
  }

  /** Whether another try is to come. */
  get scheduled(): boolean {
    return this.#timer !== undefined;
  }

  /** It has failed, and cannot be tried again yet. What appears from now on counts. */
  failed(source: SourceOptions, { code }: FramehubError): void {
    this.#workingSince = undefined;
    this.#curable = CURABLE.some((one) => one === code);
    this.#listen(source);
  }

  /** It can be tried again, when it is time. */
  ready(): void {
    this.#unschedule();
    const wait = this.#backOff.next();
    this.#timer = setTimeout(() => this.#try(), this.#news ? 0 : wait);
  }

  /** It can be tried again when a device appears or it is released: it would be of no use before. */
  hold(source: SourceOptions): void {
    this.#unschedule();
    this.#listen(source);
    this.#held = true;
    // Tries nothing; but who waits for a camera keeps the process going, as with any other wait.
    this.#timer = setInterval(() => {}, LONG_MS);
    if (this.#news) this.#try();
  }

  /** What it was held for is over. */
  release(): void {
    if (this.#held) this.ready();
  }

  /** It works, or is not to be tried any more. */
  cancel(): void {
    this.#unschedule();
    this.#ignoreDevices();
    this.#workingSince = undefined;
  }

  /** It gives frames. */
  works(): void {
    const now = performance.now();
    this.#workingSince ??= now;
    if (now - this.#workingSince > STEADY_MS) this.#backOff.reset();
  }

  #listen({ type }: SourceOptions): void {
    if (type === 'v4l2') this.#unlisten ??= this.#devices.listen(() => this.#appeared());
    else this.#ignoreDevices();
  }

  #appeared(): void {
    if (this.#curable) this.#backOff.reset();
    this.#news = true;
    if (this.#timer) this.#try();
  }

  #try(): void {
    this.#unschedule();
    // What appears during the try may come too late for it.
    this.#news = false;
    this.#again();
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held = false;
  }

  #ignoreDevices(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#news = false;
  }
}

import type { FramehubError } from '@framehub/frame';
import { BackOff } from './back-off.js';
import { type DeviceWatch, devices } from './device-watch.js';
import type { SourceOptions } from './options.js';

/** What a device that appears, or gets other permissions, may put right. */
const CURABLE = [
  'CAPTURE_DEVICE_GONE',
  'CAPTURE_NO_PERMISSION',
  'CAPTURE_DEVICE_BUSY',
  'CAPTURE_NOT_A_CAMERA',
] as const;

export interface RetryParts {
  readonly backOff?: BackOff;
  readonly devices?: DeviceWatch;
}

/**
 * When a camera that failed is tried again: after a while that grows from try to try, and as soon as devices appear.
 * Then the waits are short again: links to a new node and the right to open it come a moment after it.
 */
export class Retry {
  readonly #again: () => void;
  readonly #backOff: BackOff;
  readonly #devices: DeviceWatch;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;
  /** A device has appeared since the last try began. */
  #news = false;

  /** @param again tries it, once for each failure */
  constructor(again: () => void, parts: RetryParts = {}) {
    this.#again = again;
    this.#backOff = parts.backOff ?? new BackOff();
    this.#devices = parts.devices ?? devices;
  }

  /** It has failed, and cannot be tried again yet. What appears from now on counts. */
  failed(source: SourceOptions, { code }: FramehubError): void {
    const curable = source.type === 'v4l2' && CURABLE.some((one) => one === code);
    if (curable) this.#unlisten ??= this.#devices.listen(() => this.#appeared());
    else this.#ignoreDevices();
  }

  /** It can be tried again, when it is time. */
  ready(): void {
    clearTimeout(this.#timer);
    const wait = this.#backOff.next();
    this.#timer = setTimeout(() => this.#try(), this.#news ? 0 : wait);
  }

  /** It works, or is not to be tried any more. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#ignoreDevices();
  }

  /** It has worked for so long that the next failure is another one. */
  forget(): void {
    this.#backOff.reset();
  }

  #appeared(): void {
    this.#backOff.reset();
    this.#news = true;
    if (this.#timer) this.#try();
  }

  #try(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // What appears during the try may come too late for it.
    this.#news = false;
    this.#again();
  }

  #ignoreDevices(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#news = false;
  }
}

import type { FramehubError, Logger } from '@framehub/frame';
import type { CaptureFailure } from './capture-error.js';
import type { Vitals } from './vitals.js';

const SAME_FAULT_MS = 60_000;

/** What becomes of a camera, for people. */
export class CameraLog {
  readonly #camera: string;
  readonly #logger: Logger;
  #fault = '';
  #faultAt = 0;

  constructor(camera: string, logger: Logger) {
    this.#camera = camera;
    this.#logger = logger;
  }

  live({ format, label, nominalFps }: Vitals): void {
    const size = format ? `${format.width}x${format.height} ${format.fourcc}` : '';
    const rate = nominalFps ? ` at ${Number(nominalFps.toFixed(2))} frames a second` : '';
    this.#logger.info({ camera: this.#camera, source: label }, `camera is live: ${label}, ${size}${rate}`);
  }

  failed({ code, message }: FramehubError): void {
    this.#logger.warn({ camera: this.#camera, code }, `camera has failed: ${message} (it is tried again)`);
  }

  /** Says the same once a minute at most: what goes wrong in a timer does so each time. */
  fault({ error: { code, message }, place }: CaptureFailure): void {
    const now = performance.now();
    if (message === this.#fault && now - this.#faultAt < SAME_FAULT_MS) return;
    this.#fault = message;
    this.#faultAt = now;
    this.#logger.error({ camera: this.#camera, code }, `${message} (thrown at ${place})`);
  }

  frozen(isFrozen: boolean): void {
    if (isFrozen)
      this.says('warn', 'the picture is frozen: the camera sends one and the same, replug it if it stays so');
    else this.says('info', 'the picture moves again');
  }

  says(level: 'info' | 'warn' | 'error', message: string): void {
    this.#logger[level]({ camera: this.#camera }, message);
  }
}

import type { PixelFormat, RawFrame } from '@framehub/frame';
import { frameOf } from '../messages.js';
import type { Size } from '../negotiate.js';
import { PATTERN_DEFAULTS, type SourceOptions } from '../options.js';
import type { Setup } from '../setup.js';
import type { StatusTracker } from '../status-tracker.js';
import { drawPlaceholder } from './drawing.js';

/** Failures and switching off for a shorter time show no placeholder. */
const DELAY_MS = 500;
/** Pixels. A placeholder is drawn on the main thread, which all cameras share. */
const MAX_WIDTH = 1920;
const MAX_HEIGHT = 1080;
/** Without new frames a viewer cannot know whether its connection still works. */
const REPEAT_MS = 1000;

/** Text of a placeholder: what is wrong, in capitals, and what to do about it. */
interface Words {
  readonly title: string;
  readonly advice: string;
}

export const OFF: Words = { title: 'CAMERA OFF', advice: 'switch it on to see it' };
const UNPLUGGED: Words = { title: 'CAMERA UNPLUGGED', advice: 'plug it in again' };
const NEVER_SEEN: Words = { title: 'NO CAMERA', advice: 'plug it in or check its name' };
const NO_SIGNAL: Words = { title: 'NO SIGNAL', advice: 'if it stays so: replug it' };
const OTHER: Words = { title: 'NO PICTURE', advice: 'the log says why' };
const BY_CODE: Readonly<Record<string, Words>> = {
  CAPTURE_STALLED: NO_SIGNAL,
  CAPTURE_THREAD_HUNG: NO_SIGNAL,
  CAPTURE_DEVICE_ERROR: NO_SIGNAL,
  CAPTURE_DEVICE_BUSY: { title: 'BUSY', advice: 'close the program that has it' },
  CAPTURE_NO_PERMISSION: { title: 'NO PERMISSION', advice: 'add the user to the group video' },
  CAPTURE_NO_BANDWIDTH: { title: 'USB BUS FULL', advice: 'take MJPG or a smaller size' },
};

/** @param seen whether the device was opened before */
export function wordsFor(code: string, seen: boolean): Words {
  if (code === 'CAPTURE_DEVICE_GONE') return seen ? UNPLUGGED : NEVER_SEEN;
  return BY_CODE[code] ?? OTHER;
}

/** The camera that placeholders are shown for. */
interface PlaceholderCamera {
  readonly status: StatusTracker;
  readonly setup: Setup;
  /** A sequence above those of all frames before and below those of all frames after it. */
  reserveSequence(): number;
  deliver(frame: RawFrame): void;
  /** Runs what a timer does. */
  contain(work: () => void): void;
}

/** Delivers a placeholder once a second while frames are wanted and there is no image. Otherwise it costs nothing. */
export class Placeholder {
  readonly #camera: PlaceholderCamera;
  #words: Words | undefined;
  /** When it is shown at the earliest, on performance.now()'s clock. */
  #from = 0;
  #wanted = false;
  #timer: NodeJS.Timeout | undefined;
  #drawn: DrawnPlaceholder | undefined;

  constructor(camera: PlaceholderCamera) {
    this.#camera = camera;
  }

  /** Its title, while it is shown. */
  get title(): string | undefined {
    return this.#words && performance.now() >= this.#from ? this.#words.title : undefined;
  }

  /** To be called when the camera's state or the error behind it has changed. */
  update(): void {
    const before = this.#words;
    this.#words = this.#wordsNow();
    if (!this.#words) this.#drawn = undefined;
    // With other words it stays: there has been no image meanwhile.
    if (this.#words && !before) this.#from = performance.now() + DELAY_MS;
    this.#schedule(this.#from - performance.now());
  }

  /** To be called when the demand for frames has changed. */
  demand(wanted: boolean): void {
    this.#wanted = wanted;
    this.#schedule(this.#from - performance.now());
  }

  #wordsNow(): Words | undefined {
    const { status, setup } = this.#camera;
    if (status.state === 'off') return OFF;
    if (status.state !== 'retrying' || !status.error) return undefined;
    return wordsFor(status.error.code, setup.past.seen !== undefined);
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (!this.#wanted || !this.#words) return;
    this.#timer = setTimeout(() => this.#camera.contain(() => this.#show()), Math.max(0, milliseconds));
  }

  #show(): void {
    if (!this.#words) return;
    const { title } = this.#words;
    const sequence = this.#camera.reserveSequence();
    this.#schedule(REPEAT_MS);
    const frame = frameOf({ ...this.#draw(this.#words), sequence, capturedAt: Date.now() });
    this.#camera.deliver({ ...frame, placeholder: title });
  }

  /** Draws each text and size once. */
  #draw({ title, advice }: Words): DrawnPlaceholder {
    const { status, setup } = this.#camera;
    const { width, height } = placeholderSize(status.format ?? requestedSize(setup.options.source));
    const texts = [setup.options.name, advice, `since ${clockTime(status.since)}`];
    const key = [width, height, title, ...texts].join();
    if (this.#drawn?.key !== key) {
      const { bytes, format } = drawPlaceholder(width, height, title, texts);
      this.#drawn = { key, bytes, format };
    }
    return this.#drawn;
  }
}

interface DrawnPlaceholder {
  readonly key: string;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly format: PixelFormat;
}

/** The camera's size, or the largest of that shape that a placeholder may have. */
function placeholderSize({ width, height }: Size): Size {
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The size that the options ask for. */
function requestedSize(source: SourceOptions): Size {
  const { width, height } = PATTERN_DEFAULTS;
  if (source.type === 'v4l2') return source.size ?? { width, height };
  if (source.type === 'pattern') return { width: source.width ?? width, height: source.height ?? height };
  return { width, height };
}

/** Local time. */
function clockTime(unixMilliseconds: number): string {
  const time = new Date(unixMilliseconds);
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

import type { PixelFormat, RawFrame } from '@framehub/frame';
import type { Size } from '../negotiate.js';
import { PATTERN_DEFAULTS, type SourceOptions } from '../options.js';
import { ownFrame } from '../own-frame.js';
import type { Supervisor } from '../supervisor.js';
import { drawCard } from './card.js';
import { type CardWords, OFF, wordsFor } from './words.js';

/** What is over sooner is not worth a card: a failure, or a camera that is off while it becomes another. */
const PATIENCE_MS = 500;
/** Pixels. A card is drawn on the thread that all cameras share. */
const MAX_WIDTH = 1920;
const MAX_HEIGHT = 1080;
/** Who sees nothing new for long wonders whether the connection is there still. */
const AGAIN_MS = 1000;

/** Shows a card to who wants pictures while there are none. Otherwise it costs nothing. */
export class Placeholder {
  readonly #supervisor: Supervisor;
  readonly #publish: (card: RawFrame) => void;
  #words: CardWords | undefined;
  /** When it is shown at the earliest, on performance.now()'s clock. */
  #from = 0;
  #wanted = false;
  #timer: NodeJS.Timeout | undefined;
  #picture: Picture | undefined;

  constructor(supervisor: Supervisor, publish: (card: RawFrame) => void) {
    this.#supervisor = supervisor;
    this.#publish = publish;
  }

  /** What the card says, while it is there to be seen. */
  get title(): string | undefined {
    return this.#words && performance.now() >= this.#from ? this.#words.title : undefined;
  }

  /** To be called when the camera's state, or the error behind it, is another. */
  update(): void {
    const before = this.#words;
    this.#words = this.#wordsNow();
    if (!this.#words) this.#picture = undefined;
    // With other words it stays: there has been no picture meanwhile.
    if (this.#words && !before) this.#from = performance.now() + PATIENCE_MS;
    this.#showSoon();
  }

  /** To be called when somebody new wants pictures, or nobody any more. */
  demand(wanted: boolean): void {
    this.#wanted = wanted;
    this.#showSoon();
  }

  #wordsNow(): CardWords | undefined {
    const { vitals, setup } = this.#supervisor;
    if (vitals.state === 'off') return OFF;
    if (vitals.state !== 'retrying' || !vitals.error) return undefined;
    return wordsFor(vitals.error.code, setup.past.seen !== undefined);
  }

  #showSoon(): void {
    this.#showIn(Math.max(0, this.#from - performance.now()));
  }

  #showIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (!this.#wanted || !this.#words) return;
    this.#timer = setTimeout(() => this.#supervisor.contain(() => this.#show()), milliseconds);
  }

  #show(): void {
    if (!this.#words) return;
    const { title } = this.#words;
    const sequence = this.#supervisor.takeSequence();
    this.#showIn(AGAIN_MS);
    this.#publish(ownFrame({ ...this.#draw(this.#words), sequence, capturedAt: Date.now() }, title));
  }

  /** Once for each text and size. */
  #draw({ title, advice }: CardWords): Picture {
    const { vitals, setup } = this.#supervisor;
    const { width, height } = cardSize(vitals.format ?? wishedSize(setup.options.source));
    const texts = [setup.options.name, advice, `since ${clockTime(vitals.since)}`];
    const key = [width, height, title, ...texts].join();
    if (this.#picture?.key !== key) {
      const { bytes, format } = drawCard(width, height, title, texts);
      this.#picture = { key, bytes, format };
    }
    return this.#picture;
  }
}

interface Picture {
  readonly key: string;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly format: PixelFormat;
}

/** That of the pictures, or the largest of their shape that a card may have. */
function cardSize({ width, height }: Size): Size {
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Pixels that the camera is to have, as far as the options say. */
function wishedSize(source: SourceOptions): Size {
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

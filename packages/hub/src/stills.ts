import { setTimeout } from 'node:timers/promises';
import type { Encoder, RenditionObserver } from '@framehub/encoder';
import {
  composeRenditions,
  FramehubError,
  formatSize,
  type JpegFrame,
  type RawFrame,
  type Rendition,
  renditionQuery,
  type StillSize,
} from '@framehub/frame';

/** Different stills of one camera at a time: each interrupts its stream, and holds a frame of full size. */
const MAX_STILLS = 4;
/** An interruption up to this long needs no rest: a refusal, or a frame that the stream has anyway. */
const MAX_UNNOTICED_MS = 100;

export interface StillsParts {
  /** Concurrent requests for the same size get the same frame. */
  readonly camera: { still(size: StillSize): Promise<RawFrame> };
  readonly encoder: Encoder;
  readonly observer: RenditionObserver;
  /** What the camera's renditions are made from: its stills share their turns at the encoder. */
  readonly source: object;
}

/**
 * Stills of one camera. Concurrent requests for the same still share it. The stream runs at least as long as the stills
 * that interrupt it take, however often clients request them.
 */
export class Stills {
  readonly #parts: StillsParts;
  readonly #running = new Map<string, Promise<JpegFrame>>();
  #interruptions = 0;
  /** On performance.now()'s clock: when the present interruption began, and when the next one may begin. */
  #since = 0;
  #notBefore = 0;

  constructor(parts: StillsParts) {
    this.#parts = parts;
  }

  /**
   * Requests a still.
   *
   * @param own the camera's rendition; its width is for the stream and does not apply
   * @throws FramehubError `CAMERA_TOO_MANY_REQUESTS`, or the camera's or encoder's error
   */
  request(size: StillSize, own: Rendition, requested: Rendition): Promise<JpegFrame> {
    const { width: _, ...unscaled } = own;
    const rendition = composeRenditions(unscaled, requested);
    const key = `${size === 'max' ? size : formatSize(size)}?${renditionQuery(rendition)}`;
    const running = this.#running.get(key);
    if (running) return running;
    if (this.#running.size >= MAX_STILLS) return Promise.reject(tooManyStills());
    const still = this.#capture(size, rendition).finally(() => this.#running.delete(key));
    this.#running.set(key, still);
    return still;
  }

  async #capture(size: StillSize, rendition: Rendition): Promise<JpegFrame> {
    const { encoder, observer, source } = this.#parts;
    const rest = this.#notBefore - performance.now();
    if (rest > 0) await setTimeout(rest);
    return encoder.encode(await this.#interrupt(size), rendition, { observer, source });
  }

  async #interrupt(size: StillSize): Promise<RawFrame> {
    if (this.#interruptions === 0) this.#since = performance.now();
    this.#interruptions += 1;
    try {
      return await this.#parts.camera.still(size);
    } finally {
      this.#interruptions -= 1;
      const now = performance.now();
      const took = now - this.#since;
      if (this.#interruptions === 0 && took > MAX_UNNOTICED_MS) this.#notBefore = now + took;
    }
  }
}

function tooManyStills(): FramehubError {
  return new FramehubError(
    'CAMERA_TOO_MANY_REQUESTS',
    `${MAX_STILLS} different stills are being taken, which is the limit: request one of those, or try again later`,
    { limit: MAX_STILLS },
  );
}

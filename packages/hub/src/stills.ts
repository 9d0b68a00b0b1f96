import { setTimeout } from 'node:timers/promises';
import type { Encoder, RenditionObserver } from '@framehub/encoder';
import {
  composeRenditions,
  FramehubError,
  type JpegFrame,
  type RawFrame,
  type Rendition,
  renditionQuery,
  type StillSize,
} from '@framehub/frame';

/** Different stills of one camera at a time: each interrupts its stream, and holds a picture of full size. */
const MOST = 4;

/** Milliseconds that a stream may be interrupted without a rest: a refusal, or a picture that the stream has anyway. */
const UNNOTICED_MS = 100;

export interface StillsParts {
  /** Gives those who ask for the same size at a time the same frame. */
  readonly camera: { still(size: StillSize): Promise<RawFrame> };
  readonly encoder: Encoder;
  readonly observer: RenditionObserver;
  /** What the camera's renditions are made of: its stills share their turns at the encoder. */
  readonly source: object;
}

/**
 * Pictures out of turn. Who asks for what is being taken already gets the same. The stream has at least as much of the time
 * as the stills that interrupt it, however fast somebody asks for them.
 */
export class Stills {
  readonly #parts: StillsParts;
  readonly #pictures = new Map<string, Promise<JpegFrame>>();
  #underWay = 0;
  /** On performance.now()'s clock: when the first of those under way began, and when the next may begin. */
  #since = 0;
  #notBefore = 0;

  constructor(parts: StillsParts) {
    this.#parts = parts;
  }

  /**
   * Rejects with `CAMERA_TOO_MANY_REQUESTS` or what keeps the picture from being taken.
   * @param own what is done to every picture of the camera: its width is for the stream, and does not hold here
   */
  take(size: StillSize, own: Rendition, wish: Rendition): Promise<JpegFrame> {
    const { width: _, ...turned } = own;
    const rendition = composeRenditions(turned, wish);
    const name = size === 'max' ? size : `${size.width}x${size.height}`;
    const key = `${name}?${renditionQuery(rendition)}`;
    const present = this.#pictures.get(key);
    if (present) return present;
    if (this.#pictures.size >= MOST) return Promise.reject(tooMany());
    const picture = this.#make(size, rendition).finally(() => this.#pictures.delete(key));
    this.#pictures.set(key, picture);
    return picture;
  }

  async #make(size: StillSize, rendition: Rendition): Promise<JpegFrame> {
    const { encoder, observer, source } = this.#parts;
    const rest = this.#notBefore - performance.now();
    if (rest > 0) await setTimeout(rest);
    return encoder.encode(await this.#interrupt(size), rendition, { observer, source });
  }

  async #interrupt(size: StillSize): Promise<RawFrame> {
    if (this.#underWay === 0) this.#since = performance.now();
    this.#underWay += 1;
    try {
      return await this.#parts.camera.still(size);
    } finally {
      this.#underWay -= 1;
      const now = performance.now();
      const took = now - this.#since;
      if (this.#underWay === 0 && took > UNNOTICED_MS) this.#notBefore = now + took;
    }
  }
}

function tooMany(): FramehubError {
  return new FramehubError(
    'CAMERA_TOO_MANY_REQUESTS',
    `${MOST} different stills are being taken, which is the limit: ask for one of those, or try again later`,
    { limit: MOST },
  );
}

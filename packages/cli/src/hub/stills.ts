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

export interface StillsParts {
  /** Gives those who ask for the same size at a time the same frame. */
  readonly camera: { still(size: StillSize): Promise<RawFrame> };
  readonly encoder: Encoder;
  readonly observer: RenditionObserver;
  /** What the camera's renditions are made of: its stills share their turns at the encoder. */
  readonly source: object;
}

/** Pictures out of turn. Who asks for what is being taken already gets the same. */
export class Stills {
  readonly #parts: StillsParts;
  readonly #pictures = new Map<string, Promise<JpegFrame>>();

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
    const { camera, encoder, observer, source } = this.#parts;
    return encoder.picture(await camera.still(size), rendition, observer, source);
  }
}

function tooMany(): FramehubError {
  return new FramehubError(
    'CAMERA_TOO_MANY_REQUESTS',
    `${MOST} different stills are being taken, which is the limit: ask for one of those, or try again later`,
    { limit: MOST },
  );
}

import {
  type CameraView,
  FramehubError,
  type JpegFrame,
  type Rendition,
  renditionQuery,
  type StillSize,
} from '@framehub/frame';

/** Different ones that may be under way of one camera: each interrupts its stream. */
const MAX_PENDING = 4;

/** Pictures of other sizes than the stream's. Equal ones that are asked for at a time are one. */
export class Stills {
  readonly #pending = new WeakMap<CameraView, Map<string, Promise<JpegFrame>>>();

  /**
   * @param notBefore Unix milliseconds: one under way may have been taken before, and another is taken after it then
   * @throws FramehubError `HTTP_TOO_MANY_STILLS`, and what the camera throws
   */
  async take(view: CameraView, size: StillSize, rendition: Rendition, notBefore: number): Promise<JpegFrame> {
    const still = await this.#share(view, size, rendition);
    return still.capturedAt >= notBefore ? still : this.#share(view, size, rendition);
  }

  #share(view: CameraView, size: StillSize, rendition: Rendition): Promise<JpegFrame> {
    const pending = this.#pendingOf(view);
    const key = `${nameOf(size)}?${renditionQuery(rendition)}`;
    const known = pending.get(key);
    if (known) return known;
    if (pending.size >= MAX_PENDING) {
      throw new FramehubError(
        'HTTP_TOO_MANY_STILLS',
        `${view.name} has ${MAX_PENDING} pictures of other sizes to take already: ask for one of those, or try again later`,
        { limit: MAX_PENDING },
      );
    }
    const still = view.still(size, rendition);
    pending.set(key, still);
    const forget = () => pending.delete(key);
    still.then(forget, forget);
    return still;
  }

  #pendingOf(view: CameraView): Map<string, Promise<JpegFrame>> {
    const pending = this.#pending.get(view) ?? new Map();
    this.#pending.set(view, pending);
    return pending;
  }
}

function nameOf(size: StillSize): string {
  return size === 'max' ? size : `${size.width}x${size.height}`;
}

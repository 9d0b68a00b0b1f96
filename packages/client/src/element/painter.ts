import type { Picture } from '../picture.js';

/**
 * Paints pictures on a canvas. They are decoded off the main thread, one at a time: one that comes meanwhile waits, and
 * a newer one takes its place.
 */
export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: ImageBitmapRenderingContext;
  readonly #done: (picture: Picture, shown: boolean) => void;
  #waiting: Picture | undefined;
  #busy = false;
  #closed = false;

  /** @param done called for each picture: when it is on the screen, or is not going to be */
  constructor(canvas: HTMLCanvasElement, done: (picture: Picture, shown: boolean) => void) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('bitmaprenderer') as ImageBitmapRenderingContext;
    this.#done = done;
  }

  show(picture: Picture): void {
    if (this.#closed) return;
    if (this.#waiting) this.#done(this.#waiting, false);
    this.#waiting = picture;
    if (!this.#busy) void this.#work();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = undefined;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let picture = this.#take(); picture; picture = this.#take()) {
      const shown = await this.#paint(picture);
      if (!this.#closed) this.#done(picture, shown);
    }
    this.#busy = false;
  }

  #take(): Picture | undefined {
    const picture = this.#waiting;
    this.#waiting = undefined;
    return picture;
  }

  async #paint(picture: Picture): Promise<boolean> {
    try {
      const bitmap = await createImageBitmap(new Blob([picture.jpeg], { type: 'image/jpeg' }));
      await new Promise(requestAnimationFrame);
      if (this.#closed) bitmap.close();
      else this.#transfer(bitmap);
      return !this.#closed;
    } catch (error) {
      // A JPEG that this browser cannot read: the next one may be better, and somebody may want to know.
      console.warn(`framehub: a picture of ${picture.camera} cannot be decoded`, error);
      return false;
    }
  }

  /** Without a copy: the canvas takes the bitmap over. */
  #transfer(bitmap: ImageBitmap): void {
    if (this.#canvas.width !== bitmap.width) this.#canvas.width = bitmap.width;
    if (this.#canvas.height !== bitmap.height) this.#canvas.height = bitmap.height;
    this.#context.transferFromImageBitmap(bitmap);
  }
}

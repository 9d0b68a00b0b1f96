import { FramehubError } from '@framehub/frame';

/**
 * A camera's threads that were given up in a call that does not return, until it does.
 *
 * Each keeps its memory and its device for as long as the driver likes, hours if need be, and the next one that opens
 * the device hangs beside it.
 */
export class HungThreads {
  readonly #back: () => void;
  readonly #sources = new Map<Promise<void>, string>();

  /** @param back one of them has come back, and is gone */
  constructor(back: () => void) {
    this.#back = back;
  }

  /** @param exited resolves when it is gone */
  add(source: string, exited: Promise<void>): void {
    this.#sources.set(exited, source);
    void exited.then(() => {
      this.#sources.delete(exited);
      this.#back();
    });
  }

  /** How many were started with this source. */
  count(source: string): number {
    return [...this.#sources.values()].filter((other) => other === source).length;
  }
}

/** Why a camera is not opened while one hangs. */
export const hangs = (): FramehubError =>
  new FramehubError('CAPTURE_THREAD_HUNG', 'the driver does not let go of the camera: replug it if it stays so');

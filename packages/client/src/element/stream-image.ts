import { takeStreamSeat } from './stream-seats.js';

/** Milliseconds. A stream that has shown nothing for so long is not coming through. */
const PATIENCE = 8000;
const LOOK_EVERY = 100;

/** An MJPEG stream in an image. It is looked at again and again, as browsers tell little of a stream. */
export class StreamImage {
  readonly image = new Image();
  readonly #leave: () => void;
  #over = false;

  private constructor(address: string, leave: () => void) {
    this.#leave = leave;
    this.image.onerror = () => {
      this.#over = true;
    };
    this.image.src = unshared(address);
  }

  /** Undefined where the host has as many streams as a page may have of it. */
  static open(address: string): StreamImage | undefined {
    const leave = takeStreamSeat(address);
    return leave && new StreamImage(address, leave);
  }

  /** Resolves with whether pictures come. Not all browsers tell of the first one. */
  async came(): Promise<boolean> {
    const deadline = Date.now() + PATIENCE;
    while (!this.#isOver() && this.image.naturalWidth === 0 && Date.now() < deadline) await sleep(LOOK_EVERY);
    return !this.#isOver() && this.image.naturalWidth > 0;
  }

  /** Resolves when no more pictures come. */
  async ended(): Promise<void> {
    while (!this.#isOver()) await sleep(LOOK_EVERY);
  }

  /** Once. */
  close(): void {
    this.#over = true;
    this.#leave();
    // An image that goes on loading holds its connection.
    this.image.removeAttribute('src');
  }

  /** Chromium tells of no error when a stream breaks off that has shown something: its image is empty, that is all. */
  #isOver(): boolean {
    return this.#over || (this.image.complete && this.image.naturalWidth === 0);
  }
}

/** Another image of the same address would be given what is left of a stream that has ended. */
function unshared(address: string): string {
  const url = new URL(address);
  url.searchParams.set('cacheBust', `${Date.now()}-${Math.random()}`);
  return url.href;
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

import type { CameraOptions } from './options.js';

/** Who needs the camera to run: viewers, and questions until they are answered. */
export class Needs {
  readonly #idle: () => CameraOptions['idle'];
  readonly #over: () => void;
  #viewers = false;
  #questions = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param idle seconds that nobody needs it until `over` is called
   * @param over nobody has needed it for that long
   */
  constructor(idle: () => CameraOptions['idle'], over: () => void) {
    this.#idle = idle;
    this.#over = over;
  }

  get viewers(): boolean {
    return this.#viewers;
  }

  set viewers(wanted: boolean) {
    this.#viewers = wanted;
    this.count();
  }

  async during<T>(question: () => Promise<T>): Promise<T> {
    this.#questions += 1;
    this.count();
    try {
      return await question();
    } finally {
      this.#questions -= 1;
      this.count();
    }
  }

  /** The time counts from now on. */
  count(): void {
    clearTimeout(this.#timer);
    const idle = this.#idle() ?? 'never';
    if (idle === 'never' || this.#viewers || this.#questions > 0) return;
    this.#timer = setTimeout(this.#over, idle * 1000);
  }

  /** The camera does not run. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}

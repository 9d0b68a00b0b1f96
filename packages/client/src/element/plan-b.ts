/** Milliseconds between two snapshots. */
const SNAPSHOT_EVERY = 1000;
/** A stream that has shown nothing for so long is not coming through. */
const PATIENCE = 8000;

/**
 * Pictures without a WebSocket, where something between here and the hub does not let one through: the MJPEG stream in an
 * image, and where that does not come either, snapshots one after another.
 */
export class PlanB {
  readonly #image: HTMLImageElement;
  readonly #streamUrl: string;
  readonly #snapshotUrl: string;
  readonly #changed: (transport: 'stream' | 'snapshots') => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** @param image that is to show them @param changed told how they come */
  constructor(
    image: HTMLImageElement,
    urls: { readonly stream: string; readonly snapshot: string },
    changed: (transport: 'stream' | 'snapshots') => void,
  ) {
    this.#image = image;
    this.#streamUrl = urls.stream;
    this.#snapshotUrl = urls.snapshot;
    this.#changed = changed;
    this.#stream();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#image.onload = null;
    this.#image.onerror = null;
    // An image that goes on loading holds one of the browser's six connections.
    this.#image.removeAttribute('src');
  }

  #stream(): void {
    this.#changed('stream');
    this.#timer = setTimeout(() => this.#snapshots(), PATIENCE);
    this.#image.onload = () => clearTimeout(this.#timer);
    this.#image.onerror = () => this.#snapshots();
    this.#image.src = this.#streamUrl;
  }

  #snapshots(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#changed('snapshots');
    const next = (): void => {
      const url = new URL(this.#snapshotUrl);
      url.searchParams.set('cacheBust', String(Date.now()));
      this.#image.src = url.href;
    };
    const later = (): void => {
      this.#timer = setTimeout(next, SNAPSHOT_EVERY);
    };
    this.#image.onload = later;
    this.#image.onerror = later;
    next();
  }
}

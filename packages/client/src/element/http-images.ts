/** Milliseconds between two snapshots, and before a failed one is tried again. */
const SNAPSHOT_INTERVAL_MS = 1000;
const SNAPSHOT_TIMEOUT_MS = 10_000;

/** Milliseconds after which a stream without a frame has failed. */
const STREAM_TIMEOUT_MS = 8000;
const STREAM_CHECK_INTERVAL_MS = 100;

/** A browser opens six connections to a host, and a stream keeps one: some stay free for everything else. */
const MAX_STREAMS_PER_HOST = 4;
const streamsByHost = new Map<string, number>();

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Loads snapshots one after another, until it is closed. */
export class SnapshotLoop {
  #closed = false;

  /** @param onImage called with each loaded image, and with undefined for each that failed */
  constructor(address: string, onImage: (image: HTMLImageElement | undefined) => void) {
    void this.#run(address, onImage);
  }

  close(): void {
    this.#closed = true;
  }

  async #run(address: string, onImage: (image: HTMLImageElement | undefined) => void): Promise<void> {
    while (!this.#closed) {
      const image = await loadImage(`${address}&cacheBust=${Date.now()}`);
      if (this.#closed) return;
      onImage(image);
      await sleep(SNAPSHOT_INTERVAL_MS);
    }
  }
}

/** A new image each time: one that fails would lose what it showed before. */
async function loadImage(address: string): Promise<HTMLImageElement | undefined> {
  const image = new Image();
  const timer = setTimeout(() => image.removeAttribute('src'), SNAPSHOT_TIMEOUT_MS);
  image.src = address;
  try {
    await image.decode();
    return image;
  } catch {
    // The hub or a proxy refuses it; the next one may be loaded.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** An MJPEG stream in an image. Its state is polled, as browsers fire few events for a stream. */
export class StreamImage {
  readonly image = new Image();
  readonly #host: string;
  #over = false;

  private constructor(address: URL) {
    this.#host = address.host;
    this.image.onerror = () => {
      this.#over = true;
    };
    // Another image of the same address would get the rest of a stream that has ended.
    address.searchParams.set('cacheBust', `${Date.now()}-${Math.random()}`);
    this.image.src = address.href;
  }

  /** @returns undefined if the page has as many streams of the host as it may have */
  static open(address: string): StreamImage | undefined {
    const url = new URL(address);
    const count = streamsByHost.get(url.host) ?? 0;
    if (count >= MAX_STREAMS_PER_HOST) return undefined;
    streamsByHost.set(url.host, count + 1);
    return new StreamImage(url);
  }

  /** Resolves with whether frames arrive. Not all browsers fire an event for the first one. */
  async started(): Promise<boolean> {
    const deadline = Date.now() + STREAM_TIMEOUT_MS;
    while (!this.#isOver() && this.image.naturalWidth === 0 && Date.now() < deadline)
      await sleep(STREAM_CHECK_INTERVAL_MS);
    return !this.#isOver() && this.image.naturalWidth > 0;
  }

  /** Resolves when no more frames arrive. */
  async ended(): Promise<void> {
    while (!this.#isOver()) await sleep(STREAM_CHECK_INTERVAL_MS);
  }

  /** To be called once. */
  close(): void {
    this.#over = true;
    streamsByHost.set(this.#host, (streamsByHost.get(this.#host) ?? 1) - 1);
    // A loading image would keep its connection.
    this.image.removeAttribute('src');
  }

  /** Chromium fires no error when a stream breaks off after its first frame: its image is empty then. */
  #isOver(): boolean {
    return this.#over || (this.image.complete && this.image.naturalWidth === 0);
  }
}

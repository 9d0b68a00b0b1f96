import type { CameraInfo } from '../protocol.js';
import type { Addresses } from './addresses.js';
import { takeStreamSeat } from './stream-seats.js';

/** Milliseconds between two snapshots, and before one that failed is tried again. */
const SNAPSHOT_EVERY = 1000;
/** A stream that has shown nothing for so long is not coming through. */
const PATIENCE = 8000;
const LOOK_EVERY = 2000;

/**
 * Pictures without a WebSocket, where something between here and the hub does not let one through: the MJPEG stream in an
 * image, and where that does not come either, snapshots one after another.
 */
export class PlanB {
  readonly #addresses: Addresses;
  readonly #show: (image: HTMLImageElement) => void;
  readonly #changed: () => void;
  /** Ends the present way of having pictures. */
  #way = new AbortController();
  #transport: 'stream' | 'snapshots' = 'stream';
  #info: CameraInfo | undefined;
  #answers = true;
  #closed = false;

  /**
   * @param show puts an image on the screen in the place of another
   * @param changed told when how pictures come, or what is known of the camera, is another
   */
  constructor(addresses: Addresses, show: (image: HTMLImageElement) => void, changed: () => void) {
    this.#addresses = addresses;
    this.#show = show;
    this.#changed = changed;
    void this.#stream();
    void this.#watch();
  }

  get transport(): 'stream' | 'snapshots' {
    return this.#transport;
  }

  /** What is known of the camera; undefined while the hub has told nothing. */
  get info(): CameraInfo | undefined {
    return this.#info;
  }

  /** Whether the hub answered when it was asked last. */
  get answers(): boolean {
    return this.#answers;
  }

  close(): void {
    this.#closed = true;
    this.#way.abort();
  }

  async #stream(): Promise<void> {
    const ended = this.#begin('stream');
    const leave = takeStreamSeat(this.#addresses.stream);
    if (!leave) return this.#snapshots();
    const image = new Image();
    ended.addEventListener('abort', () => {
      // An image that goes on loading holds its connection.
      image.removeAttribute('src');
      leave();
    });
    let failed = false;
    image.onerror = () => {
      failed = true;
    };
    image.src = this.#addresses.stream;
    const deadline = Date.now() + PATIENCE;
    // Not all browsers tell of the first picture of a stream.
    while (!failed && image.naturalWidth === 0 && Date.now() < deadline) await sleep(100);
    if (ended.aborted) return;
    if (image.naturalWidth > 0) this.#show(image);
    else await this.#snapshots();
  }

  async #snapshots(): Promise<void> {
    const ended = this.#begin('snapshots');
    while (!ended.aborted) {
      // A new one each time: an image that fails shows nothing, not even what it showed before.
      const image = new Image();
      image.src = `${this.#addresses.snapshot}&cacheBust=${Date.now()}`;
      const came = await image.decode().then(
        () => true,
        () => false,
      );
      if (came && !ended.aborted) this.#show(image);
      await sleep(SNAPSHOT_EVERY);
    }
  }

  #begin(transport: 'stream' | 'snapshots'): AbortSignal {
    this.#way.abort();
    this.#way = new AbortController();
    this.#transport = transport;
    this.#changed();
    return this.#way.signal;
  }

  /** Asks how the camera is. Browsers do not tell that a stream has ended: it is begun anew when the hub is back. */
  async #watch(): Promise<void> {
    while (!this.#closed) {
      const info = await fetchReport(this.#addresses.report);
      if (this.#closed) return;
      const back = info !== undefined && !this.#answers;
      this.#info = info;
      this.#answers = info !== undefined;
      if (back) void this.#stream();
      this.#changed();
      await sleep(LOOK_EVERY);
    }
  }
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function fetchReport(address: string): Promise<CameraInfo | undefined> {
  try {
    const answer = await fetch(address, { cache: 'no-store' });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    // The hub is not there, which is what the caller wants to know.
    return undefined;
  }
}

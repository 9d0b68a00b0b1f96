import type { CameraInfo } from '../protocol.js';
import type { Addresses } from './addresses.js';
import { Snapshots } from './snapshots.js';
import { StreamImage } from './stream-image.js';

/** Milliseconds between two questions how the camera is. */
const LOOK_EVERY = 2000;
/** Answers in a row by which nobody watches, before the stream that is shown is taken to be none. */
const UNSEEN = 2;
/** Milliseconds before a stream is tried again, doubled each time that it does not come, or ends before it has lasted. */
const FIRST_WAIT = 1000;
const MOST_WAIT = 60_000;
const LASTED = 10_000;

/**
 * Pictures without a WebSocket, where something between here and the hub does not let one through: the MJPEG stream in an
 * image, and where that does not come either, or while it does not, snapshots one after another.
 */
export class PlanB {
  readonly #addresses: Addresses;
  readonly #show: (image: HTMLImageElement) => void;
  readonly #changed: () => void;
  #stream: StreamImage | undefined;
  #snapshots: Snapshots | undefined;
  #shows = false;
  #info: CameraInfo | undefined;
  #answers = true;
  #wait = FIRST_WAIT;
  #hurry: (() => void) | undefined;
  #closed = false;

  /**
   * @param show puts an image on the screen in the place of another
   * @param changed told when how pictures come, or what is known of the camera, is another
   */
  constructor(addresses: Addresses, show: (image: HTMLImageElement) => void, changed: () => void) {
    this.#addresses = addresses;
    this.#show = show;
    this.#changed = changed;
    void this.#run();
    void this.#watch();
  }

  get transport(): 'stream' | 'snapshots' {
    return this.#snapshots ? 'snapshots' : 'stream';
  }

  /** Whether pictures come. */
  get shows(): boolean {
    return this.#shows;
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
    this.#endStream();
    this.#endSnapshots();
    this.#hurry?.();
  }

  /** A stream, as long as it lasts, and snapshots beside which it is tried again. */
  async #run(): Promise<void> {
    while (!this.#closed) {
      const lasted = await this.#runStream();
      if (this.#closed) return;
      if (lasted >= LASTED) this.#wait = FIRST_WAIT;
      this.#snapshots ??= new Snapshots(this.#addresses.snapshot, (image) => this.#tell(image));
      this.#changed();
      await this.#pause();
    }
  }

  /** @returns milliseconds for which pictures came */
  async #runStream(): Promise<number> {
    const stream = StreamImage.open(this.#addresses.stream);
    if (!stream) return 0;
    this.#stream = stream;
    const came = await stream.came();
    const begun = Date.now();
    if (came) {
      this.#endSnapshots();
      this.#tell(stream.image);
      await stream.ended();
    }
    this.#endStream();
    return came ? Date.now() - begun : 0;
  }

  #endStream(): void {
    this.#stream?.close();
    this.#stream = undefined;
    if (!this.#snapshots) this.#shows = false;
  }

  #endSnapshots(): void {
    this.#snapshots?.close();
    this.#snapshots = undefined;
  }

  /** @param image undefined when none came */
  #tell(image: HTMLImageElement | undefined): void {
    this.#shows = image !== undefined;
    if (image) this.#show(image);
    this.#changed();
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#hurry = resolve;
      setTimeout(resolve, this.#wait);
    });
    this.#wait = Math.min(this.#wait * 2, MOST_WAIT);
  }

  /** Asks how the camera is. It tells too of streams whose end no browser tells: nobody is left to watch them. */
  async #watch(): Promise<void> {
    let unseen = 0;
    while (!this.#closed) {
      const info = await fetchReport(this.#addresses.report);
      if (this.#closed) return;
      const back = info !== undefined && !this.#answers;
      unseen = info?.viewers === 0 && this.transport === 'stream' && this.#shows ? unseen + 1 : 0;
      this.#info = info;
      this.#answers = info !== undefined;
      if (back || unseen >= UNSEEN) this.#renew();
      this.#changed();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }

  /** The hub is back, or has nobody who watches: what is left of a stream from before is worth nothing. */
  #renew(): void {
    this.#wait = FIRST_WAIT;
    if (this.transport === 'stream') this.#endStream();
    this.#hurry?.();
  }
}

async function fetchReport(address: string): Promise<CameraInfo | undefined> {
  try {
    const answer = await fetch(address, { cache: 'no-store' });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    // The hub is not there, which is what the caller wants to know.
    return undefined;
  }
}

import type { CameraInfo } from '@framehub/frame/protocol';
import type { SubscribeOptions } from '../subscription.js';
import { SnapshotLoop, StreamImage, sleep } from './http-images.js';

/** Milliseconds between two requests for the state of the camera. */
const STATUS_INTERVAL_MS = 2000;
/** Reports in a row without a viewer after which the shown stream must have ended. */
const MAX_REPORTS_WITHOUT_VIEWER = 2;
/** Milliseconds before a stream is tried again, doubled each time that it fails or ends early. */
const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
/** Milliseconds after which a stream did not end early. */
const STABLE_MS = 10_000;

/** Addresses of one camera over plain HTTP. */
interface Addresses {
  readonly stream: string;
  readonly snapshot: string;
  readonly status: string;
}

/**
 * Shows frames without a WebSocket, where a proxy lets none through: an MJPEG stream in an image, and snapshots while there
 * is no stream.
 */
export class HttpTransport {
  readonly #addresses: Addresses;
  readonly #show: (image: HTMLImageElement) => void;
  readonly #onChange: () => void;
  #stream: StreamImage | undefined;
  #snapshots: SnapshotLoop | undefined;
  #showing = false;
  #info: CameraInfo | undefined;
  #hubAnswers = true;
  #retryMs = MIN_RETRY_MS;
  #retryNow = (): void => {};
  #closed = false;

  /**
   * @param server any address of the hub
   * @param camera name of the camera, or undefined for the first one
   * @param show puts an image on the screen
   * @param onChange called when the transport or the state of the camera may have changed
   */
  constructor(
    server: string,
    camera: string | undefined,
    options: SubscribeOptions,
    { show, onChange }: { show(image: HTMLImageElement): void; onChange(): void },
  ) {
    this.#addresses = addressesOf(server, camera, options);
    this.#show = show;
    this.#onChange = onChange;
    void this.#run();
    void this.#pollStatus();
  }

  get transport(): 'stream' | 'snapshots' {
    return this.#snapshots ? 'snapshots' : 'stream';
  }

  /** Whether frames arrive. */
  get showing(): boolean {
    return this.#showing;
  }

  /** The camera, as last reported; undefined while the hub does not answer. */
  get info(): CameraInfo | undefined {
    return this.#info;
  }

  /** Whether the hub answered the last request for the state. */
  get hubAnswers(): boolean {
    return this.#hubAnswers;
  }

  close(): void {
    this.#closed = true;
    this.#endStream();
    this.#endSnapshots();
    this.#retryNow();
  }

  /** A stream for as long as it lasts, and snapshots until the next attempt. */
  async #run(): Promise<void> {
    while (!this.#closed) {
      const lastedMs = await this.#runStream();
      if (this.#closed) return;
      if (lastedMs >= STABLE_MS) this.#retryMs = MIN_RETRY_MS;
      this.#snapshots ??= new SnapshotLoop(this.#addresses.snapshot, (image) => this.#showImage(image));
      this.#onChange();
      await new Promise<void>((resolve) => {
        this.#retryNow = resolve;
        setTimeout(resolve, this.#retryMs);
      });
      this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
    }
  }

  /** @returns milliseconds for which frames arrived */
  async #runStream(): Promise<number> {
    const stream = StreamImage.open(this.#addresses.stream);
    if (!stream) return 0;
    this.#stream = stream;
    const started = await stream.started();
    const startedAt = Date.now();
    if (started) {
      this.#endSnapshots();
      this.#showImage(stream.image);
      await stream.ended();
    }
    this.#endStream();
    return started ? Date.now() - startedAt : 0;
  }

  #endStream(): void {
    this.#stream?.close();
    this.#stream = undefined;
    if (!this.#snapshots) this.#showing = false;
  }

  #endSnapshots(): void {
    this.#snapshots?.close();
    this.#snapshots = undefined;
  }

  /** @param image undefined when none could be loaded */
  #showImage(image: HTMLImageElement | undefined): void {
    this.#showing = image !== undefined;
    if (image) this.#show(image);
    this.#onChange();
  }

  /** Also finds streams that ended without an event of the browser: the hub reports no viewer then. */
  async #pollStatus(): Promise<void> {
    let reportsWithoutViewer = 0;
    while (!this.#closed) {
      const info = await fetchInfo(this.#addresses.status);
      if (this.#closed) return;
      const recovered = info !== undefined && !this.#hubAnswers;
      const isUnwatched = info?.viewers === 0 && this.transport === 'stream' && this.#showing;
      reportsWithoutViewer = isUnwatched ? reportsWithoutViewer + 1 : 0;
      this.#info = info;
      this.#hubAnswers = info !== undefined;
      if (recovered || reportsWithoutViewer >= MAX_REPORTS_WITHOUT_VIEWER) this.#restartStream();
      this.#onChange();
      await sleep(STATUS_INTERVAL_MS);
    }
  }

  #restartStream(): void {
    this.#retryMs = MIN_RETRY_MS;
    if (this.transport === 'stream') this.#endStream();
    this.#retryNow();
  }
}

function addressesOf(server: string, camera: string | undefined, options: SubscribeOptions): Addresses {
  const hub = new URL(server, location.href);
  hub.protocol = hub.protocol.replace(/^ws/, 'http');
  const base = `${hub.origin}${hub.pathname.replace(/\/(ws)?$/, '')}`;
  const { credit: _, fps, ...rendition } = options;
  const address = (path: string, query: object): string => {
    const entries = Object.entries({ ...rendition, ...query }).map(([key, value]) => [key, String(value)]);
    const suffix = entries.length > 0 ? `?${new URLSearchParams(entries)}` : '';
    return `${base}/${path}${camera === undefined ? '' : `/${encodeURIComponent(camera)}`}${suffix}`;
  };
  return {
    stream: address('stream', fps === undefined ? {} : { fps }),
    snapshot: address('snapshot', { placeholder: 1 }),
    status: `${base}/api/cameras/${encodeURIComponent(camera ?? '0')}`,
  };
}

async function fetchInfo(address: string): Promise<CameraInfo | undefined> {
  try {
    const response = await fetch(address, { cache: 'no-store' });
    return response.ok ? await response.json() : undefined;
  } catch {
    // The hub does not answer.
    return undefined;
  }
}

import { Counters } from './counters.js';
import type { JpegFrame } from './frames.js';
import { Histogram } from './histogram.js';

const AGE_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What a gateway has sent of one camera. Plain numbers, written once per frame and viewer, read when somebody asks. */
export class CameraTraffic {
  /** Connected now. */
  viewers = 0;
  framesSent = 0;
  bytesSent = 0;
  /** Frames that a viewer never got because it was still busy with one before. */
  skipped = 0;
  /** Seconds from capture to the socket, of new pictures. */
  readonly age = new Histogram(AGE_BOUNDS);

  /** Counts what is sent of a frame. A card takes bytes, but is no picture. */
  count({ placeholder }: JpegFrame, bytes: number): void {
    if (placeholder === undefined) this.framesSent += 1;
    this.bytesSent += bytes;
  }

  /** Tells how old a picture is that goes out for the first time. */
  observeAge({ placeholder, capturedAt }: JpegFrame): void {
    if (placeholder === undefined) this.age.observe((Date.now() - capturedAt) / 1000);
  }
}

/** The counts of one gateway, by camera: they outlive the viewers, and go with the camera. */
export class GatewayTraffic {
  /** Clients turned away or closed, by reason: `limit`, `displaced`, `stalled`, `memory` … */
  readonly clientsDropped = new Counters();
  readonly #cameras = new Map<string, CameraTraffic>();

  /** @param gateway its name in metrics: `http`, `ws`, `mqtt` */
  constructor(readonly gateway: string) {}

  of(camera: string): CameraTraffic {
    let traffic = this.#cameras.get(camera);
    if (!traffic) {
      traffic = new CameraTraffic();
      this.#cameras.set(camera, traffic);
    }
    return traffic;
  }

  /** A copy. */
  cameras(): readonly (readonly [name: string, traffic: CameraTraffic])[] {
    return [...this.#cameras];
  }

  /** Forgets all cameras but these; viewers that are still going keep theirs. */
  keepOnly(cameras: readonly string[]): void {
    for (const camera of this.#cameras.keys()) if (!cameras.includes(camera)) this.#cameras.delete(camera);
  }
}

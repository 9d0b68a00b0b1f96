import { Histogram } from '@framehub/frame';

const AGE_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What went out for one camera. */
export class CameraTraffic {
  viewers = 0;
  framesSent = 0;
  bytesSent = 0;
  /** Frames that gave way to a newer one, because their viewer was busy. */
  skipped = 0;
  /** Seconds from capture to the socket. Cards are not counted: they have no age. */
  readonly age = new Histogram(AGE_BOUNDS);
}

/** The counts of the gateway: they outlive the connections. */
export class Traffic {
  /** Connections open now. */
  connections = 0;
  /** Turned away because of the limit. */
  refused = 0;
  /** Closed because they took no more bytes, or answered no ping. */
  stalled = 0;
  /** Closed because of messages that nobody could read. */
  expelled = 0;
  readonly #cameras = new Map<string, CameraTraffic>();

  of(camera: string): CameraTraffic {
    let traffic = this.#cameras.get(camera);
    if (!traffic) {
      traffic = new CameraTraffic();
      this.#cameras.set(camera, traffic);
    }
    return traffic;
  }
}

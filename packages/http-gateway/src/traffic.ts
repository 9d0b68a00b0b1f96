import { Histogram, type HistogramReading, type JpegFrame } from '@framehub/frame';

const AGE_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What went out for one camera. Plain numbers, written once per frame and viewer, read when somebody asks. */
export class CameraTraffic {
  viewers = 0;
  framesSent = 0;
  bytesSent = 0;
  /** Frames that a viewer never got because it was still busy with one before. */
  skipped = 0;
  /** Seconds from capture to the socket, of new frames. */
  readonly age = new Histogram(AGE_BOUNDS);

  /** Counts what is sent of a frame. A card takes bytes, but is no picture. */
  count({ placeholder }: JpegFrame, bytes: number): void {
    if (placeholder === undefined) this.framesSent += 1;
    this.bytesSent += bytes;
  }
}

export interface HttpGatewayStats {
  /** Streams open now. */
  readonly viewers: number;
  /** Turned away because of the limit. */
  readonly refused: number;
  /** Closed because they took no more bytes. */
  readonly stalled: number;
  readonly cameras: Readonly<Record<string, CameraStats>>;
}

export interface CameraStats {
  readonly viewers: number;
  readonly framesSent: number;
  readonly bytesSent: number;
  readonly skipped: number;
  readonly ageSeconds: HistogramReading;
}

/** The counts of the gateway, by camera: they outlive the viewers, and go with the camera. */
export class Traffic {
  refused = 0;
  stalled = 0;
  readonly #cameras = new Map<string, CameraTraffic>();

  of(camera: string): CameraTraffic {
    let traffic = this.#cameras.get(camera);
    if (!traffic) {
      traffic = new CameraTraffic();
      this.#cameras.set(camera, traffic);
    }
    return traffic;
  }

  /** Forgets all cameras but these; viewers that are still going keep theirs. */
  keepOnly(cameras: readonly string[]): void {
    for (const camera of this.#cameras.keys()) if (!cameras.includes(camera)) this.#cameras.delete(camera);
  }

  /** A copy. */
  read(): HttpGatewayStats {
    const cameras = [...this.#cameras].map(([name, { viewers, framesSent, bytesSent, skipped, age }]) => {
      const stats: CameraStats = { viewers, framesSent, bytesSent, skipped, ageSeconds: age.read() };
      return [name, stats] as const;
    });
    const viewers = cameras.reduce((sum, [, stats]) => sum + stats.viewers, 0);
    return { viewers, refused: this.refused, stalled: this.stalled, cameras: Object.fromEntries(cameras) };
  }
}

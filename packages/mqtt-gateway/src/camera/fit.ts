import { FramehubError, type JpegFrame, type Rendition, WIDTH } from '@framehub/frame';

export interface FitContext {
  readonly camera: string;
  /** Bytes that a picture may have now. */
  limit(): number;
  /** Quality of pictures for which none is asked. */
  quality(): number;
  /** Called when smaller pictures are asked for than were wanted. */
  onLowered(from: { readonly bytes: number; readonly limit: number }, to: Rendition): void;
}

/** Below this, a smaller picture looks better than a coarser one. */
const COARSEST = 30;
/** Sizes vary from picture to picture. */
const MARGIN = 0.9;

/** Makes pictures fit into the packets that a broker takes: by quality first, then by width. Remembers what fitted. */
export class Fit {
  #lowered: Rendition = {};
  #limit = Number.POSITIVE_INFINITY;

  constructor(private readonly context: FitContext) {}

  /** What to ask for instead of `wanted`. */
  apply(wanted: Rendition): Rendition {
    // Another broker, or another setting of it: begin anew.
    if (this.#limit !== this.context.limit()) {
      this.#limit = this.context.limit();
      this.#lowered = {};
    }
    return { ...wanted, ...this.#lowered };
  }

  /** Whether the picture may go out. If not, `apply` gives less from now on. @throws FramehubError `MQTT_TOO_LARGE` */
  admits(frame: JpegFrame, wanted: Rendition): boolean {
    const bytes = frame.data.length;
    const limit = this.context.limit();
    if (bytes <= limit) return true;
    const asked = this.apply(wanted);
    const share = (limit / bytes) * MARGIN;
    const quality = asked.quality ?? this.context.quality();
    if (quality > COARSEST) {
      this.#lowered = {
        ...this.#lowered,
        quality: Math.max(COARSEST, Math.min(quality - 5, Math.floor(quality * share))),
      };
    } else {
      const width = Math.floor(frame.width * Math.sqrt(share));
      if (width < WIDTH.min) throw tooLarge(this.context.camera, bytes, limit);
      this.#lowered = { ...this.#lowered, width };
    }
    this.context.onLowered({ bytes, limit }, this.#lowered);
    return false;
  }

  /** Takes pictures until one fits. */
  async take(wanted: Rendition, next: (rendition: Rendition) => Promise<JpegFrame>): Promise<JpegFrame> {
    for (;;) {
      const frame = await next(this.apply(wanted));
      if (this.admits(frame, wanted)) return frame;
    }
  }
}

function tooLarge(camera: string, bytes: number, limit: number): FramehubError {
  const message = `no picture of ${camera} is small enough for the broker: it takes ${limit} bytes, and this has ${bytes}`;
  return new FramehubError('MQTT_TOO_LARGE', message, { camera, bytes, limit });
}

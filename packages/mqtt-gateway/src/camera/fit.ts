import { FramehubError, type JpegFrame, type Rendition, WIDTH } from '@framehub/frame';

export interface FrameFitterOptions {
  readonly camera: string;
  /** Bytes that a frame may have now. */
  maxBytes(): number;
  /** Quality of frames for which none is requested. */
  quality(): number;
  /** Called when smaller frames are requested from now on. */
  onReduced(from: { readonly bytes: number; readonly limit: number }, to: Rendition): void;
}

/** Below this quality, a smaller frame looks better than a coarser one. */
const MIN_QUALITY = 30;
/** Sizes vary from frame to frame. */
const MARGIN = 0.9;

/** Makes frames fit into the MQTT server's packets: by quality first, then by width. Remembers what fitted. */
export class FrameFitter {
  readonly #options: FrameFitterOptions;
  #reduced: Rendition = {};
  #limit = Number.POSITIVE_INFINITY;

  constructor(options: FrameFitterOptions) {
    this.#options = options;
  }

  /** The rendition to request in place of `wanted`. */
  reduce(wanted: Rendition): Rendition {
    const limit = this.#options.maxBytes();
    // The server or its limit has changed.
    if (this.#limit !== limit) this.#reduced = {};
    this.#limit = limit;
    return { ...wanted, ...this.#reduced };
  }

  /** Whether a frame fits. If not, {@link reduce} gives less from now on. @throws FramehubError `MQTT_TOO_LARGE` */
  fits(frame: JpegFrame, wanted: Rendition): boolean {
    const bytes = frame.data.length;
    const limit = this.#options.maxBytes();
    if (bytes <= limit) return true;
    const share = (limit / bytes) * MARGIN;
    const quality = this.reduce(wanted).quality ?? this.#options.quality();
    if (quality > MIN_QUALITY) {
      const lower = Math.min(quality - 5, Math.floor(quality * share));
      this.#reduced = { ...this.#reduced, quality: Math.max(MIN_QUALITY, lower) };
    } else {
      const width = Math.floor(frame.width * Math.sqrt(share));
      if (width < WIDTH.min) throw tooLarge(this.#options.camera, bytes, limit);
      this.#reduced = { ...this.#reduced, width };
    }
    this.#options.onReduced({ bytes, limit }, this.#reduced);
    return false;
  }

  /** Captures frames until one fits. @throws what `capture` throws, and FramehubError `MQTT_TOO_LARGE` */
  async capture(wanted: Rendition, capture: (rendition: Rendition) => Promise<JpegFrame>): Promise<JpegFrame> {
    for (;;) {
      const frame = await capture(this.reduce(wanted));
      if (this.fits(frame, wanted)) return frame;
    }
  }
}

function tooLarge(camera: string, bytes: number, limit: number): FramehubError {
  const message = `${camera} has no frame small enough for the MQTT server: it takes ${limit} bytes, and this one has ${bytes}`;
  return new FramehubError('MQTT_TOO_LARGE', message, { camera, bytes, limit });
}

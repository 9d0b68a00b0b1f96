import { type JpegFrame, jpegTopic, type Rendition, type Subscription } from '@framehub/frame';
import type { Context } from '../context.js';
import type { CameraSettingsPlan } from '../options.js';
import { Fit, type FitContext } from './fit.js';
import { MQTT_CLIENT } from './pictures.js';
import { pictureMessage } from './snapshots.js';

/** What somebody wants to see for a while. Absent: as much as there is. */
export interface FrameWish {
  readonly fps: number | undefined;
  readonly width: number | undefined;
}

/** Different wishes at a time; the oldest goes. */
const MAX_WISHES = 8;

/** One camera's live frames, for as long as anybody says that they are wanted: one topic for all, so the largest wish counts. */
export class LiveFrames {
  readonly #fit: Fit;
  /** When each wish ends, on the monotonic clock. */
  readonly #wishes = new Map<string, FrameWish & { readonly until: number }>();
  #subscription: Subscription | undefined;
  #subscribed = '';
  #timer: NodeJS.Timeout | undefined;
  #published = 0;

  constructor(
    private readonly context: Context,
    private readonly camera: string,
    private readonly plan: CameraSettingsPlan & { readonly frames: NonNullable<CameraSettingsPlan['frames']> },
    fitContext: FitContext,
  ) {
    this.#fit = new Fit(fitContext);
  }

  get published(): number {
    return this.#published;
  }

  /** Keeps the frames alive for a while longer. @throws what `subscribe` throws */
  want(wish: FrameWish): void {
    const key = `${wish.fps} ${wish.width}`;
    this.#wishes.delete(key);
    this.#wishes.set(key, { ...wish, until: performance.now() + this.plan.frames.keepAlive });
    for (const oldest of this.#wishes.keys()) {
      if (this.#wishes.size > MAX_WISHES) this.#wishes.delete(oldest);
    }
    this.#update();
  }

  /** Ends it for all; they may ask again. */
  stop(): void {
    this.#wishes.clear();
    this.#update();
  }

  #update(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    for (const [key, { until }] of this.#wishes) if (until <= now) this.#wishes.delete(key);
    const wishes = [...this.#wishes.values()];
    if (wishes.length === 0) {
      this.#unsubscribe();
      return;
    }
    const soonest = Math.min(...wishes.map(({ until }) => until));
    this.#timer = setTimeout(() => this.#updateByItself(), Math.max(1, soonest - now));
    try {
      this.#subscribe(wishes);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  #updateByItself(): void {
    try {
      this.#update();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Who wants frames has to say so again, and sees then what is wrong. */
  #failed(error: unknown): void {
    this.stop();
    const { camera } = this;
    this.context.complaints.warn(`frames of ${camera}`, { camera, err: error }, `live frames of ${camera} ended`);
  }

  #subscribe(wishes: readonly FrameWish[]): void {
    const most = this.plan.frames.fps;
    const fps = Math.min(most, Math.max(...wishes.map((wish) => wish.fps ?? most)));
    const width = Math.max(...wishes.map((wish) => wish.width ?? Number.POSITIVE_INFINITY));
    const isConfigured = !Number.isFinite(width);
    const wanted: Rendition = { ...this.plan.rendition, ...(!isConfigured && { width }) };
    const topic = jpegTopic(this.camera, this.#fit.apply(wanted));
    if (this.#subscribed === `${topic} ${fps}`) return;
    this.#unsubscribe();
    this.#subscription = this.context.broker.subscribe(topic, (frame) => this.#publish(frame, wanted), {
      fps,
      client: isConfigured ? undefined : MQTT_CLIENT,
    });
    this.#subscribed = `${topic} ${fps}`;
  }

  #unsubscribe(): void {
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#subscribed = '';
  }

  #publish(frame: JpegFrame, wanted: Rendition): void {
    try {
      if (this.#fit.admits(frame, wanted)) this.#put(frame);
      // Not from within the delivery: the topic may be about to end.
      else setImmediate(() => this.#updateByItself());
    } catch (error) {
      this.#failed(error);
    }
  }

  #put(frame: JpegFrame): void {
    this.#published += 1;
    const { frame: topic } = this.context.topics.of(this.camera);
    this.context.outbox.put({ ...pictureMessage(this.camera, frame), topic, qos: 0, retain: false, volatile: true });
  }
}

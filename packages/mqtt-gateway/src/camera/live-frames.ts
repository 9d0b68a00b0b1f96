import { type JpegFrame, jpegTopic, type Rendition, type Subscription } from '@framehub/frame';
import type { GatewayContext } from '../context.js';
import type { CameraPlanSettings } from '../options.js';
import { FrameFitter, type FrameFitterOptions } from './fit.js';
import { frameMessage, MQTT_CLIENT } from './snapshots.js';

/** Live frames that a client requests for a while. */
export interface FrameRequest {
  /** Frames per second. @default what the configuration allows */
  readonly fps: number | undefined;
  /** Pixels across. @default the configured rendition's */
  readonly width: number | undefined;
}

/** Different requests at a time; the oldest is dropped. */
const MAX_REQUESTS = 8;

type LivePlan = CameraPlanSettings & { readonly frames: NonNullable<CameraPlanSettings['frames']> };

/** One camera's live frames while clients request them. All share one topic, so the largest request counts. */
export class LiveFrames {
  readonly #context: GatewayContext;
  readonly #camera: string;
  readonly #plan: LivePlan;
  readonly #fitter: FrameFitter;
  /** With the end of each, on the monotonic clock. */
  readonly #requests = new Map<string, FrameRequest & { readonly until: number }>();
  #subscription: Subscription | undefined;
  /** Bus topic and rate of the subscription. */
  #subscribed = '';
  #timer: NodeJS.Timeout | undefined;
  #published = 0;

  constructor(context: GatewayContext, camera: string, plan: LivePlan, fitting: FrameFitterOptions) {
    this.#context = context;
    this.#camera = camera;
    this.#plan = plan;
    this.#fitter = new FrameFitter(fitting);
  }

  get published(): number {
    return this.#published;
  }

  /** Starts the frames, or keeps them running for another `requestLifetime`. @throws what `subscribe` throws */
  request(request: FrameRequest): void {
    const key = `${request.fps} ${request.width}`;
    this.#requests.delete(key);
    this.#requests.set(key, { ...request, until: performance.now() + this.#plan.frames.requestLifetime });
    for (const oldest of this.#requests.keys()) {
      if (this.#requests.size > MAX_REQUESTS) this.#requests.delete(oldest);
    }
    this.#update();
  }

  /** Ends the frames for all clients, which may request them again. */
  stop(): void {
    this.#requests.clear();
    this.#update();
  }

  #update(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    for (const [key, { until }] of this.#requests) if (until <= now) this.#requests.delete(key);
    const requests = [...this.#requests.values()];
    if (requests.length === 0) {
      this.#unsubscribe();
      return;
    }
    const nextEnd = Math.min(...requests.map(({ until }) => until));
    this.#timer = setTimeout(() => this.#updateLater(), Math.max(1, nextEnd - now));
    try {
      this.#subscribe(requests);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  #updateLater(): void {
    try {
      this.#update();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Clients have to request the frames again, and receive the error then. */
  #failed(error: unknown): void {
    this.stop();
    const camera = this.#camera;
    this.#context.problems.warn(`frames of ${camera}`, { camera, err: error }, `live frames of ${camera} ended`);
  }

  #subscribe(requests: readonly FrameRequest[]): void {
    const maxFps = this.#plan.frames.fps;
    const fps = Math.min(maxFps, Math.max(...requests.map((request) => request.fps ?? maxFps)));
    const width = Math.max(...requests.map((request) => request.width ?? Number.POSITIVE_INFINITY));
    const isConfigured = !Number.isFinite(width);
    const wanted: Rendition = { ...this.#plan.rendition, ...(!isConfigured && { width }) };
    const topic = jpegTopic(this.#camera, this.#fitter.reduce(wanted));
    if (this.#subscribed === `${topic} ${fps}`) return;
    this.#unsubscribe();
    const client = isConfigured ? undefined : MQTT_CLIENT;
    this.#subscription = this.#context.broker.subscribe(topic, (frame) => this.#publish(frame, wanted), {
      fps,
      client,
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
      if (this.#fitter.fits(frame, wanted)) this.#put(frame);
      // Not during the delivery, which may end the bus topic.
      else setImmediate(() => this.#updateLater());
    } catch (error) {
      this.#failed(error);
    }
  }

  #put(frame: JpegFrame): void {
    this.#published += 1;
    const { frame: topic } = this.#context.topics.of(this.#camera);
    this.#context.outbox.put({ ...frameMessage(this.#camera, frame), topic, qos: 0, retain: false, volatile: true });
  }
}

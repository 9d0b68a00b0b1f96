import {
  type CameraState,
  type CameraStatus,
  type CameraView,
  Counters,
  codeOf,
  FramehubError,
  type JpegFrame,
  jpegTopic,
  type Rendition,
  type StillSize,
  type Subscription,
  within,
} from '@framehub/frame';
import type { GatewayContext } from '../context.js';
import { jsonMessage, type Message, stateMessage } from '../message.js';
import type { CameraPlanSettings } from '../options.js';
import { schedule, type Tick } from '../schedule.js';
import { FrameFitter, type FrameFitterOptions } from './fit.js';

/** The client that all commands count as on the bus: MQTT does not identify the sender. */
export const MQTT_CLIENT = 'mqtt';

/** Age up to which a frame is recent enough for a request that needs no fresh one. */
const RECENT_MS = 500;
/** Intervals after which a snapshot expires. */
const LIFETIME_INTERVALS = 3;
/** Time in which a camera must wake up and give a frame; a slow one gets the time of three of its frames. */
const FRAME_TIMEOUT_MS = 10_000;
const MAX_FRAME_TIMEOUT_MS = 120_000;
/** In these states, waiting for a frame is useless. */
const STATES_WITHOUT_FRAMES: readonly CameraState[] = ['off', 'closed', 'retrying'];

export interface SnapshotRequest {
  readonly rendition: Rendition;
  /** Captured after the request, not just before it. */
  readonly fresh: boolean;
  readonly size: StillSize | undefined;
}

interface PublishFacts {
  /** Of the request. */
  readonly id?: string | number | undefined;
  /** Time until it expires. Absent: never. */
  readonly lifetimeMs?: number;
}

interface FrameQuery {
  readonly accept: (frame: JpegFrame) => boolean;
  readonly client?: string | undefined;
}

/** One camera's snapshots, by schedule and on command. */
export class Snapshots {
  readonly skipped = new Counters();
  readonly #context: GatewayContext;
  readonly #camera: CameraView;
  readonly #plan: CameraPlanSettings;
  readonly #fitting: FrameFitterOptions;
  readonly #fitter: FrameFitter;
  readonly #closing = new AbortController();
  #schedule: Subscription | undefined;
  #published = 0;
  #busy = false;
  /** Stills that are being captured to be published. */
  #stills = 0;
  #last: JpegFrame | undefined;
  #publishAgain: () => Promise<void> = async () => {};

  constructor(context: GatewayContext, camera: CameraView, plan: CameraPlanSettings, fitting: FrameFitterOptions) {
    this.#context = context;
    this.#camera = camera;
    this.#plan = plan;
    this.#fitting = fitting;
    this.#fitter = new FrameFitter(fitting);
  }

  /** Snapshots handed over to be sent. */
  get published(): number {
    return this.#published;
  }

  start(): void {
    if (!this.#context.settings.retain) this.#deleteRetained();
    this.#schedule = schedule(this.#plan, (tick) => void this.#tick(tick));
  }

  /** One retained before `retain` was switched off would stay the newest on the server for ever. */
  #deleteRetained(): void {
    const { outbox, topics } = this.#context;
    const { snapshot, attributes } = topics.of(this.#camera.name);
    const deletion = { ...stateMessage(snapshot, ''), followedBy: stateMessage(attributes, '') };
    // A key of its own: a snapshot captured before the server is connected must not replace it.
    outbox.put(deletion, `retained ${snapshot}`);
  }

  close(): void {
    this.#schedule?.close();
    this.#closing.abort(new Error('the camera was removed'));
  }

  /** Captures one frame for one client. @throws FramehubError `MQTT_NO_FRAME`, `MQTT_TOO_LARGE`, or the camera's error */
  capture({ rendition, fresh, size }: SnapshotRequest, isUsed = (_: JpegFrame) => false): Promise<JpegFrame> {
    const notBefore = Date.now() - (fresh ? 0 : RECENT_MS);
    const client = Object.keys(rendition).length > 0 ? MQTT_CLIENT : undefined;
    const accept = (frame: JpegFrame): boolean => frame.capturedAt >= notBefore && !isUsed(frame);
    return new FrameFitter(this.#fitting).capture({ ...this.#plan.rendition, ...rendition }, (reduced) =>
      size === undefined ? this.#nextFrame(reduced, { accept, client }) : this.#camera.still(size, reduced),
    );
  }

  /** Captures one frame and publishes it as the camera's snapshot. @throws what {@link capture} throws */
  async publish(request: SnapshotRequest, id: string | number | undefined): Promise<void> {
    const still = request.size === undefined ? 0 : 1;
    this.#stills += still;
    try {
      await this.#publishNew(() => this.capture(request, this.#isOld), { id });
    } finally {
      this.#stills -= still;
    }
  }

  /** Replaces the last snapshot, which was too large for the MQTT server, by one that fits. */
  replace(): void {
    void this.#publishAgain().catch((error: unknown) => this.#failed(error));
  }

  /** Concurrent requests may receive the same frame: the first publishes it, the others wait for the next one. */
  async #publishNew(capture: () => Promise<JpegFrame>, facts: PublishFacts): Promise<void> {
    for (;;) {
      const frame = await capture();
      this.#closing.signal.throwIfAborted();
      if (this.#isOld(frame)) continue;
      this.#publishAgain = () => this.#publishNew(capture, facts);
      return this.#put(frame, facts);
    }
  }

  #put(frame: JpegFrame, { id, lifetimeMs }: PublishFacts): void {
    const { outbox, topics, settings } = this.#context;
    const { name } = this.#camera;
    const { snapshot, attributes } = topics.of(name);
    const expiresAt = lifetimeMs === undefined ? undefined : Date.now() + lifetimeMs;
    const delivery = { qos: settings.qos, retain: settings.retain, expiresAt };
    this.#last = frame;
    this.#published += 1;
    const followedBy = { ...jsonMessage(attributes, this.#attributes(frame, id)), ...delivery };
    outbox.put({ ...frameMessage(name, frame), topic: snapshot, ...delivery, followedBy });
  }

  async #tick({ missed, interval }: Tick): Promise<void> {
    if (missed > 0) this.skipped.add('missed', missed);
    // A still takes longer than a frame of the stream, which would always overtake it.
    if (this.#busy || this.#stills > 0) {
      this.skipped.add('busy');
      return;
    }
    this.#busy = true;
    const dueAt = Date.now();
    const accept = (frame: JpegFrame): boolean => frame.capturedAt >= dueAt && !this.#isOld(frame);
    try {
      const capture = () =>
        this.#fitter.capture(this.#plan.rendition, (reduced) => this.#nextFrame(reduced, { accept }));
      await this.#publishNew(capture, { lifetimeMs: LIFETIME_INTERVALS * interval });
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  /** @throws FramehubError `MQTT_NO_FRAME` when no frame comes in time, or what `subscribe` throws */
  async #nextFrame(rendition: Rendition, { accept, client }: FrameQuery): Promise<JpegFrame> {
    const status = this.#camera.status();
    if (STATES_WITHOUT_FRAMES.includes(status.state)) throw noFrame(status);
    this.#closing.signal.throwIfAborted();
    const timeoutMs = frameTimeout(status);
    const waiting = new AbortController();
    const next = this.#context.broker.next(jpegTopic(this.#camera.name, rendition), {
      accept: (candidate) => candidate.placeholder === undefined && accept(candidate),
      client,
      signal: waiting.signal,
    });
    const frame = await within(next, timeoutMs, this.#closing.signal).finally(() => waiting.abort());
    this.#closing.signal.throwIfAborted();
    if (!frame) throw noFrame(this.#camera.status(), timeoutMs);
    return frame;
  }

  /** Logs what the camera's own log does not. */
  #failed(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const noFrameCame = codeOf(error) === 'MQTT_NO_FRAME';
    this.skipped.add(noFrameCame ? 'no-frame' : 'failed');
    if (noFrameCame) return;
    const { name } = this.#camera;
    this.#context.problems.warn(`snapshot of ${name}`, { camera: name, err: error }, `a snapshot of ${name} failed`);
  }

  /** Renditions of one camera arrive out of order, but sequence numbers rise: a snapshot never goes back in time. */
  readonly #isOld = ({ sequence }: JpegFrame): boolean => this.#last !== undefined && sequence <= this.#last.sequence;

  #attributes(frame: JpegFrame, id: string | number | undefined): object {
    const { sequence, capturedAt, width, height } = frame;
    const { name } = this.#camera;
    return {
      camera: name,
      seq: sequence,
      ts: isoTime(capturedAt),
      unix_ms: Math.round(capturedAt),
      width,
      height,
      bytes: frame.data.length,
      url: this.#context.settings.httpUrl(name),
      id,
    };
  }
}

/** A frame as a message for any topic; with MQTT 5 its properties describe it. */
export function frameMessage(camera: string, frame: JpegFrame): Omit<Message, 'topic' | 'qos' | 'retain'> {
  const { buffer, byteOffset, byteLength } = frame.data;
  const { sequence, capturedAt, width, height, placeholder } = frame;
  return {
    payload: Buffer.from(buffer, byteOffset, byteLength),
    contentType: 'image/jpeg',
    properties: {
      camera,
      seq: String(sequence),
      ts: isoTime(capturedAt),
      w: String(width),
      h: String(height),
      ...(placeholder !== undefined && { placeholder }),
    },
  };
}

function frameTimeout({ fps }: CameraStatus): number {
  const frameIntervalMs = fps.nominal ? 1000 / fps.nominal : 0;
  return Math.min(Math.max(FRAME_TIMEOUT_MS, 3 * frameIntervalMs), MAX_FRAME_TIMEOUT_MS);
}

function noFrame({ name, state, error, placeholder }: CameraStatus, timeoutMs = 0): FramehubError {
  const reason = error?.message ?? placeholder;
  const wait = timeoutMs > 0 ? ` within ${Math.round(timeoutMs / 1000)} s` : '';
  const message = `${name} gave no frame${wait}; it is ${state}${reason ? `: ${reason}` : ''}`;
  return new FramehubError('MQTT_NO_FRAME', message, { camera: name, state });
}

const isoTime = (unixMs: number): string => new Date(Math.round(unixMs)).toISOString();

import { type CameraView, Counters, codeOf, type JpegFrame, type Rendition, type StillSize } from '@framehub/frame';
import type { Context } from '../context.js';
import { jsonMessage, type Message, stateMessage } from '../message.js';
import type { CameraSettingsPlan } from '../options.js';
import { schedule, type Tick } from '../schedule.js';
import { Fit, type FitContext } from './fit.js';
import { MQTT_CLIENT, Pictures } from './pictures.js';

export interface SnapshotRequest {
  readonly rendition: Rendition;
  /** Taken after the request, not just before it. */
  readonly fresh: boolean;
  readonly size: StillSize | undefined;
}

interface PublishFacts {
  /** Of the request. */
  readonly id?: string | number | undefined;
  /** Milliseconds; absent: for ever. */
  readonly lifetime?: number;
}

/** Milliseconds that a picture may be old when it need not be fresh. */
const RECENT = 500;
/** Intervals after which nobody should see a snapshot any more. */
const LIFETIME = 3;

/** One camera's snapshots, by schedule and on command. */
export class Snapshots {
  readonly skipped = new Counters();
  readonly #pictures: Pictures;
  readonly #fit: Fit;
  readonly #end = new AbortController();
  #stop: () => void = () => {};
  #published = 0;
  #busy = false;
  /** That are to be published for everybody, and are under way. */
  #stills = 0;
  #last: JpegFrame | undefined;
  /** Does once more what the last one was published by. */
  #again: () => Promise<void> = async () => {};

  constructor(
    private readonly context: Context,
    private readonly camera: CameraView,
    private readonly plan: CameraSettingsPlan,
    private readonly fitContext: FitContext,
  ) {
    this.#pictures = new Pictures(context.broker, camera);
    this.#fit = new Fit(fitContext);
  }

  /** Snapshots that were handed over to be sent. */
  get published(): number {
    return this.#published;
  }

  start(): void {
    if (!this.context.settings.retain) this.#forgetRetained();
    this.#stop = schedule(this.plan, (tick) => void this.#tick(tick));
  }

  /** One that the broker kept when the setting was another would be the newest there for ever. */
  #forgetRetained(): void {
    const { outbox, topics } = this.context;
    const { snapshot, attributes } = topics.of(this.camera.name);
    const deletion = { ...stateMessage(snapshot, ''), followedBy: stateMessage(attributes, '') };
    // A key of its own: a snapshot that is taken before the broker is there does not take its place.
    outbox.put(deletion, `retained ${snapshot}`);
  }

  close(): void {
    this.#stop();
    this.#end.abort(new Error('the camera is taken away'));
  }

  /** One picture for who asks. Rejects with `MQTT_NO_FRAME`, `MQTT_TOO_LARGE`, or what the camera says. */
  take({ rendition, fresh, size }: SnapshotRequest, refuse?: (frame: JpegFrame) => boolean): Promise<JpegFrame> {
    const notBefore = Date.now() - (fresh ? 0 : RECENT);
    const { signal } = this.#end;
    const fit = new Fit(this.fitContext);
    const client = Object.keys(rendition).length > 0 ? MQTT_CLIENT : undefined;
    return fit.take({ ...this.plan.rendition, ...rendition }, (asked) =>
      size === undefined
        ? this.#pictures.next({ rendition: asked, notBefore, ...(refuse && { refuse }), client, signal })
        : this.camera.still(size, asked),
    );
  }

  /** One picture for everybody. Rejects as `take` does. */
  async publish(request: SnapshotRequest, id: string | number | undefined): Promise<void> {
    const still = request.size === undefined ? 0 : 1;
    this.#stills += still;
    try {
      await this.#publishNew(() => this.take(request, this.#isOld), { id });
    } finally {
      this.#stills -= still;
    }
  }

  /** The last one was too large for the broker: another, which is a frame of its own. */
  retake(): void {
    void this.#again().catch((error: unknown) => this.#failed(error));
  }

  /** Several who wait may be given the same frame: the first publishes it, the others take the next. */
  async #publishNew(take: () => Promise<JpegFrame>, facts: PublishFacts): Promise<void> {
    for (;;) {
      const frame = await take();
      if (this.#end.signal.aborted) throw this.#end.signal.reason;
      if (this.#isOld(frame)) continue;
      this.#again = () => this.#publishNew(take, facts);
      return this.#put(frame, facts);
    }
  }

  #put(frame: JpegFrame, { id, lifetime }: PublishFacts): void {
    const { outbox, topics, settings } = this.context;
    const { name } = this.camera;
    const { snapshot, attributes } = topics.of(name);
    const { qos, retain } = settings;
    const expiresAt = lifetime === undefined ? undefined : Date.now() + lifetime;
    this.#last = frame;
    this.#published += 1;
    const followedBy = { ...jsonMessage(attributes, this.#attributes(frame, id)), qos, retain, expiresAt };
    outbox.put({ ...pictureMessage(name, frame), topic: snapshot, qos, retain, expiresAt, followedBy });
  }

  async #tick({ missed, interval }: Tick): Promise<void> {
    if (missed > 0) this.skipped.add('missed', missed);
    // A still takes longer than a picture of the stream, which would overtake it again and again.
    if (this.#busy || this.#stills > 0) {
      this.skipped.add('busy');
      return;
    }
    this.#busy = true;
    const notBefore = Date.now();
    const { signal } = this.#end;
    try {
      const take = () =>
        this.#fit.take(this.plan.rendition, (rendition) =>
          this.#pictures.next({ rendition, notBefore, refuse: this.#isOld, signal }),
        );
      await this.#publishNew(take, { lifetime: LIFETIME * interval });
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  /** The camera's own log says what is wrong with it; what else can go wrong is said here. */
  #failed(error: unknown): void {
    if (this.#end.signal.aborted) return;
    const code = codeOf(error);
    this.skipped.add(code === 'MQTT_NO_FRAME' ? 'no-picture' : 'failed');
    if (code === 'MQTT_NO_FRAME') return;
    const { name } = this.camera;
    this.context.complaints.warn(`snapshot of ${name}`, { camera: name, err: error }, `a snapshot of ${name} failed`);
  }

  /** Renditions of one camera do not come in order, but sequences rise for its life: no snapshot goes back in time. */
  readonly #isOld = ({ sequence }: JpegFrame): boolean => this.#last !== undefined && sequence <= this.#last.sequence;

  #attributes(frame: JpegFrame, id: string | number | undefined): object {
    const { name } = this.camera;
    return {
      camera: name,
      ...facts(frame),
      bytes: frame.data.length,
      url: this.context.settings.httpUrl(name),
      id,
    };
  }
}

/** A picture on its way to whatever topic; with MQTT 5 it says itself what it is. */
export function pictureMessage(camera: string, frame: JpegFrame): Omit<Message, 'topic' | 'qos' | 'retain'> {
  const { buffer, byteOffset, byteLength } = frame.data;
  const { sequence, width, height, placeholder } = frame;
  return {
    payload: Buffer.from(buffer, byteOffset, byteLength),
    contentType: 'image/jpeg',
    properties: {
      camera,
      seq: String(sequence),
      ts: isoTime(frame),
      w: String(width),
      h: String(height),
      ...(placeholder !== undefined && { placeholder }),
    },
  };
}

function facts(frame: JpegFrame): object {
  const { sequence, capturedAt, width, height } = frame;
  return { seq: sequence, ts: isoTime(frame), unix_ms: Math.round(capturedAt), width, height };
}

const isoTime = ({ capturedAt }: JpegFrame): string => new Date(Math.round(capturedAt)).toISOString();

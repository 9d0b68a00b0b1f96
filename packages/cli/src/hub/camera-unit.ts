import { type Broker, Topic } from '@framehub/broker';
import type { Camera } from '@framehub/capture';
import type { Encoder } from '@framehub/encoder';
import {
  type CameraControl,
  type CameraStatus,
  type CameraView,
  Counters,
  composeRenditions,
  Histogram,
  type JpegFrame,
  type Logger,
  type Producer,
  parseJpegTopic,
  type RawFrame,
  type Rendition,
} from '@framehub/frame';

/** Seconds. */
const ENCODE_BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

export interface CameraUnitParts {
  readonly camera: Camera;
  /** What is done to every picture of this camera. */
  readonly rendition: Rendition;
  readonly encoder: Encoder;
  readonly broker: Broker<JpegFrame>;
  readonly logger: Logger;
}

/** One camera put together: it provides its JPEG topics at the broker, and tells how it is. */
export class CameraUnit implements CameraView {
  readonly #parts: CameraUnitParts;
  readonly #raw: Topic<RawFrame>;
  /** Drops at the encoder, and on topics that are gone. */
  readonly #dropped = new Counters();
  readonly #encodeSeconds = new Histogram(ENCODE_BOUNDS);
  readonly #withdraw: () => void;

  constructor(
    readonly name: string,
    parts: CameraUnitParts,
  ) {
    this.#parts = parts;
    this.#raw = new Topic<RawFrame>(`${name}/raw`, parts.camera, { logger: parts.logger });
    this.#withdraw = parts.broker.provide(name, (topic) => this.#produce(topic));
  }

  status(): CameraStatus {
    const { camera, rendition } = this.#parts;
    const status = camera.status();
    return {
      ...status,
      rendition,
      frames: { ...status.frames, dropped: this.#droppedWith(status.frames.dropped) },
      encodeSeconds: this.#encodeSeconds.read(),
    };
  }

  controls(): Promise<readonly CameraControl[]> {
    return this.#parts.camera.controls();
  }

  setControls(values: Readonly<Record<string, number>>): Promise<readonly CameraControl[]> {
    return this.#parts.camera.setControls(values);
  }

  async close(): Promise<void> {
    this.#withdraw();
    await this.#parts.camera.close();
  }

  #produce(topic: string): Producer<JpegFrame> | undefined {
    const wish = parseJpegTopic(topic);
    if (wish?.camera !== this.name) return undefined;
    const { encoder, rendition } = this.#parts;
    const pictures = encoder.rendition(this.#raw, composeRenditions(rendition, wish.rendition), {
      dropped: (reason) => this.#dropped.add(reason),
      encoded: (seconds) => this.#encodeSeconds.observe(seconds),
    });
    return {
      start: (sink) => {
        const stop = pictures.start(sink);
        return () => {
          stop();
          this.#keepDropsOf(topic);
        };
      },
    };
  }

  /** A topic takes its counts with it; totals may not fall. */
  #keepDropsOf(topic: string): void {
    const info = this.#parts.broker.topics().find(({ name }) => name === topic);
    addAll(this.#dropped, info?.dropped);
  }

  #droppedWith(captured: Readonly<Record<string, number>>): Record<string, number> {
    const sum = new Counters();
    const topics = this.#parts.broker.topics().filter(({ provider }) => provider === this.name);
    for (const counts of [captured, this.#raw.dropped.toJSON(), this.#dropped.toJSON()]) addAll(sum, counts);
    for (const { dropped } of topics) addAll(sum, dropped);
    return sum.toJSON();
  }
}

function addAll(sum: Counters, counts: Readonly<Record<string, number>> = {}): void {
  for (const [reason, count] of Object.entries(counts)) sum.add(reason, count);
}

import { isDeepStrictEqual } from 'node:util';
import { type Broker, Topic } from '@framehub/broker';
import { Camera, type CameraEvent } from '@framehub/capture';
import type { Encoder } from '@framehub/encoder';
import {
  type CameraControl,
  type CameraSettings,
  type CameraStatus,
  type CameraView,
  type ControlValues,
  Counters,
  Histogram,
  type HubEvent,
  type JpegFrame,
  type Logger,
  type RawFrame,
  type Rendition,
  type SettingsChange,
  type StillSize,
  type Subscription,
} from '@framehub/frame';
import { cameraOptions, controlsOf, isOpenedAlike, isSameDevice, renditionOf } from './camera-options.js';
import { changeLock } from './change-lock.js';
import type { CameraConfig } from './config/camera-schema.js';
import { JpegTopics } from './jpeg-topics.js';
import { changedConfig, settingsOf } from './settings.js';
import { Stills } from './stills.js';

/** Seconds. */
const ENCODE_BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** A camera that gives nothing has failed long before; this is for small machines that are busy. */
const PATIENCE_MS = 30_000;

export interface CameraUnitParts {
  readonly encoder: Encoder;
  readonly broker: Broker<JpegFrame>;
  readonly logger: Logger;
  readonly tell: (event: HubEvent) => void;
}

/** One camera put together: provides its JPEG topics at the broker, tells how it is, and changes while it runs. */
export class CameraUnit implements CameraView {
  readonly #parts: CameraUnitParts;
  readonly #camera: Camera;
  readonly #raw: Topic<RawFrame>;
  readonly #topics: JpegTopics;
  readonly #stills: Stills;
  readonly #dropped = new Counters();
  readonly #encodeSeconds = new Histogram(ENCODE_BOUNDS);
  readonly #watching: Subscription;
  #config: CameraConfig;
  /** Controls have been set that the configuration does not tell of. */
  #controlsSet = false;
  readonly #changes = changeLock();

  /** Throws `CAPTURE_INVALID_OPTION`, `BROKER_DUPLICATE_PROVIDER`. Starts nothing. */
  constructor(
    readonly name: string,
    config: CameraConfig,
    parts: CameraUnitParts,
  ) {
    const { encoder, broker, logger } = parts;
    const camera = new Camera({ name, ...cameraOptions(config), logger });
    const observer = {
      dropped: (reason: string) => this.#dropped.add(reason),
      encoded: (seconds: number) => this.#encodeSeconds.observe(seconds),
    };
    this.#config = config;
    this.#parts = parts;
    this.#camera = camera;
    this.#raw = new Topic<RawFrame>(`${name}/raw`, camera, { logger });
    this.#topics = new JpegTopics(name, renditionOf(config), { raw: this.#raw, encoder, broker, observer });
    this.#stills = new Stills({ camera, encoder, observer, source: this.#raw });
    this.#watching = camera.subscribe((event) => this.#pass(event));
  }

  /** Opens the camera without waiting for it: one that fails is tried again. */
  open(): void {
    if (this.#config.enabled) this.#camera.open();
    else void this.#camera.switchOff();
  }

  /** Resolves once it is known whether pictures come, or after half a minute. */
  async settled(): Promise<CameraStatus> {
    await this.#camera.settled({ timeoutMs: PATIENCE_MS });
    return this.status();
  }

  get config(): CameraConfig {
    return this.#config;
  }

  settings(): CameraSettings {
    return settingsOf(this.#config);
  }

  status(): CameraStatus {
    const status = this.#camera.status();
    return {
      ...status,
      rendition: renditionOf(this.#config),
      frames: { ...status.frames, dropped: this.#droppedWith(status.frames.dropped) },
      encodeSeconds: this.#encodeSeconds.read(),
    };
  }

  change(changes: SettingsChange): Promise<CameraSettings> {
    return this.#changes.exclusive(async () => {
      await this.#become(changedConfig(this.#config, changes));
      return this.settings();
    });
  }

  /** Becomes what a configuration says, whatever was changed since the last. Rejects as `change` does. */
  configure(config: CameraConfig): Promise<void> {
    return this.#changes.exclusive(() => this.#become(config, this.#controlsSet));
  }

  /** The same with another source, of which nothing is known: it is waited for if need be. */
  replace(config: CameraConfig): Promise<void> {
    return this.#changes.exclusive(async () => {
      // Nothing goes wrong with a camera that is off.
      await this.#camera.switchOff();
      this.#config = { ...this.#config, enabled: false };
      await this.#become(config);
    });
  }

  controls(): Promise<readonly CameraControl[]> {
    return this.#camera.controls();
  }

  async setControls(values: ControlValues): Promise<readonly CameraControl[]> {
    const controls = await this.#camera.setControls(values);
    this.#controlsSet = true;
    return controls;
  }

  still(size: StillSize, rendition: Rendition): Promise<JpegFrame> {
    return this.#stills.take(size, renditionOf(this.#config), rendition);
  }

  /** No topic of it can be had any more. */
  withdraw(): void {
    this.#topics.withdraw();
  }

  /** Takes the topics away, puts controls back and closes the camera. For good. */
  async close(): Promise<void> {
    this.withdraw();
    await this.#camera.close();
    this.#watching.close();
  }

  /** All or nothing: what can fail comes first, and is taken back. */
  async #become(next: CameraConfig, controlsToo = false): Promise<void> {
    const before = this.#config;
    const reopens = !isOpenedAlike(before, next);
    if (reopens) await this.#camera.change(cameraOptions(next));
    // Another one is opened with the controls that it is to have.
    if (isSameDevice(before, next) && (controlsToo || !isDeepStrictEqual(controlsOf(before), controlsOf(next)))) {
      try {
        await this.#camera.replaceControls(controlsOf(next));
      } catch (error) {
        if (reopens) await this.#camera.change(cameraOptions(before));
        throw error;
      }
    }
    this.#controlsSet &&= !controlsToo;
    await this.#take(before, next);
  }

  /** What cannot fail. */
  async #take(before: CameraConfig, next: CameraConfig): Promise<void> {
    this.#config = next;
    if (!isDeepStrictEqual(renditionOf(before), renditionOf(next))) this.#topics.use(renditionOf(next));
    if (before.enabled && !next.enabled) await this.#camera.switchOff();
    if (!before.enabled && next.enabled) {
      this.#camera.switchOn();
      await this.#camera.settled();
    }
    const settings = this.settings();
    if (!isDeepStrictEqual(settingsOf(before), settings))
      this.#parts.tell({ type: 'settings', camera: this.name, settings });
  }

  #pass(event: CameraEvent): void {
    const { tell } = this.#parts;
    if (event.type === 'controls') {
      if (event.origin === 'external') this.#controlsSet = true;
      tell({ ...event, camera: this.name });
    } else tell({ type: event.type, camera: this.name, status: this.status() });
  }

  #droppedWith(captured: Readonly<Record<string, number>>): Record<string, number> {
    const sum = new Counters();
    const onTopics = this.#parts.broker.dropped(this.name);
    for (const counts of [captured, this.#raw.dropped.toJSON(), this.#dropped.toJSON(), onTopics]) sum.addAll(counts);
    return sum.toJSON();
  }
}

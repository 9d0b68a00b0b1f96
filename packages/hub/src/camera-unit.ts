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
  FramehubError,
  Histogram,
  type HubEvent,
  type JpegFrame,
  Lock,
  type Logger,
  type RawFrame,
  type Rendition,
  type SettingsChange,
  type StillSize,
  type Subscription,
} from '@framehub/frame';
import {
  cameraOptions,
  changedConfig,
  controlsOf,
  isOpenedAlike,
  isSameDevice,
  renditionOf,
  settingsOf,
} from './camera-options.js';
import type { CameraConfig } from './config/camera-schema.js';
import { JpegTopics } from './jpeg-topics.js';
import { Stills } from './stills.js';

const ENCODE_BOUNDS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
/** A camera without frames has failed long before; this is for small machines under load. */
const SETTLE_TIMEOUT_MS = 30_000;
/** Changes that may wait: each has a caller that waits for it. */
const MAX_CHANGES = 16;

/** Makes changes of one thing one after the other. More than a few that wait are refused: `CAMERA_TOO_MANY_REQUESTS`. */
export function changeLock(): Lock {
  return new Lock({
    limit: MAX_CHANGES,
    overflow: (limit) =>
      new FramehubError(
        'CAMERA_TOO_MANY_REQUESTS',
        `${limit} changes are waiting, which is the limit: wait for one before you request the next`,
        { limit },
      ),
  });
}

export interface CameraUnitParts {
  readonly encoder: Encoder;
  readonly broker: Broker<JpegFrame>;
  readonly logger: Logger;
  readonly publish: (event: HubEvent) => void;
}

/** One camera put together: provides its JPEG topics at the broker, reports its state, and changes while it runs. */
export class CameraUnit implements CameraView {
  readonly name: string;
  readonly #parts: CameraUnitParts;
  readonly #camera: Camera;
  readonly #raw: Topic<RawFrame>;
  readonly #topics: JpegTopics;
  readonly #stills: Stills;
  readonly #dropped = new Counters();
  readonly #encodeSeconds = new Histogram(ENCODE_BOUNDS_SECONDS);
  readonly #watching: Subscription;
  readonly #changes = changeLock();
  #config: CameraConfig;
  /** Controls were set that are not in the configuration. */
  #controlsSet = false;

  /** Starts nothing. @throws FramehubError `CAPTURE_INVALID_OPTION`, `BROKER_DUPLICATE_PROVIDER` */
  constructor(name: string, config: CameraConfig, parts: CameraUnitParts) {
    const { encoder, broker, logger } = parts;
    const camera = new Camera({ name, ...cameraOptions(config), logger });
    const observer = {
      dropped: (reason: string) => this.#dropped.add(reason),
      encoded: (seconds: number) => this.#encodeSeconds.observe(seconds),
    };
    this.name = name;
    this.#config = config;
    this.#parts = parts;
    this.#camera = camera;
    this.#raw = new Topic<RawFrame>(`${name}/raw`, camera, { logger });
    this.#topics = new JpegTopics(name, renditionOf(config), { raw: this.#raw, encoder, broker, observer });
    this.#stills = new Stills({ camera, encoder, observer, source: this.#raw });
    this.#watching = camera.subscribe((event) => this.#publish(event));
  }

  /** Opens the camera without waiting for it. One that fails is tried again. */
  open(): void {
    if (this.#config.enabled) this.#camera.open();
    else void this.#camera.switchOff();
  }

  /** Resolves once it is known whether frames come, or after half a minute. */
  async settled(options: { readonly signal?: AbortSignal } = {}): Promise<CameraStatus> {
    await this.#camera.settled({ timeoutMs: SETTLE_TIMEOUT_MS, ...options });
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
      await this.#apply(changedConfig(this.#config, changes));
      return this.settings();
    });
  }

  /** Applies a configuration, and undoes what was changed since the last one. Rejects as `change` does. */
  configure(config: CameraConfig): Promise<void> {
    return this.#changes.exclusive(() => this.#apply(config, this.#controlsSet));
  }

  /** Applies a configuration with another source. If that does not work yet, it is tried again like at start. */
  replace(config: CameraConfig): Promise<void> {
    return this.#changes.exclusive(async () => {
      // While the camera is off, no change of its source can fail.
      await this.#camera.switchOff();
      this.#config = { ...this.#config, enabled: false };
      await this.#apply(config);
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
    return this.#stills.request(size, renditionOf(this.#config), rendition);
  }

  /** Ends all topics of the camera. */
  withdraw(): void {
    this.#topics.withdraw();
  }

  /** Withdraws the topics, restores the controls and closes the camera. For good. */
  async close(): Promise<void> {
    this.withdraw();
    await this.#camera.close();
    this.#watching.close();
  }

  /** All or nothing: the steps that can fail come first, and are undone. */
  async #apply(next: CameraConfig, controlsToo = false): Promise<void> {
    const before = this.#config;
    const reopens = !isOpenedAlike(before, next);
    if (reopens) await this.#camera.change(cameraOptions(next));
    // Another device is opened with its controls.
    if (isSameDevice(before, next) && (controlsToo || !isDeepStrictEqual(controlsOf(before), controlsOf(next)))) {
      try {
        await this.#camera.replaceControls(controlsOf(next));
      } catch (error) {
        if (reopens) await this.#camera.change(cameraOptions(before));
        throw error;
      }
    }
    this.#controlsSet &&= !controlsToo;
    await this.#commit(before, next);
  }

  /** The steps that cannot fail. */
  async #commit(before: CameraConfig, next: CameraConfig): Promise<void> {
    this.#config = next;
    if (!isDeepStrictEqual(renditionOf(before), renditionOf(next))) this.#topics.use(renditionOf(next));
    if (before.enabled && !next.enabled) await this.#camera.switchOff();
    if (!before.enabled && next.enabled) {
      this.#camera.switchOn();
      await this.#camera.settled();
    }
    const settings = this.settings();
    if (!isDeepStrictEqual(settingsOf(before), settings))
      this.#parts.publish({ type: 'settings', camera: this.name, settings });
  }

  #publish(event: CameraEvent): void {
    const { publish } = this.#parts;
    if (event.type === 'controls') {
      if (event.origin === 'external') this.#controlsSet = true;
      publish({ ...event, camera: this.name });
    } else publish({ type: event.type, camera: this.name, status: this.status() });
  }

  #droppedWith(captured: Readonly<Record<string, number>>): Record<string, number> {
    const sum = new Counters();
    const onTopics = this.#parts.broker.dropped(this.name);
    for (const counts of [captured, this.#raw.dropped.toJSON(), this.#dropped.toJSON(), onTopics]) sum.addAll(counts);
    return sum.toJSON();
  }
}

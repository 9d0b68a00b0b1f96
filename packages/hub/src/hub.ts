import { isDeepStrictEqual } from 'node:util';
import { Broker } from '@framehub/broker';
import { Encoder } from '@framehub/encoder';
import {
  type CameraStatus,
  Emitter,
  FramehubError,
  type Hub,
  type HubEvent,
  type JpegFrame,
  type ListenOptions,
  type Logger,
  recordOf,
  type Subscription,
} from '@framehub/frame';
import { AutomaticCamera, type AutomaticCameraParts } from './automatic-camera.js';
import { CameraUnit } from './camera-unit.js';
import { changeLock } from './change-lock.js';
import { type CameraConfig, type CameraDefaults, cameraDefaults } from './config/camera-schema.js';
import { compareCameras, describeDifference } from './config/difference.js';
import type { Config } from './config/schema.js';
import { withCredentials } from './credentials.js';
import { version } from './version.js';

type Cameras = Config['cameras'];

export interface CameraHubOptions extends AutomaticCameraParts {
  readonly logger: Logger;
  /** The settings of the camera that is shown when the configuration names none. */
  readonly unnamed?: CameraDefaults;
}

/** Cameras, encoder and bus put together: all of the house but its gateways. */
export class CameraHub implements Hub {
  readonly version = version;
  readonly quality: number;
  readonly broker: Broker<JpegFrame>;
  readonly #encoder: Encoder;
  readonly #logger: Logger;
  readonly #automatic: AutomaticCamera;
  readonly #events: Emitter<HubEvent>;
  readonly #changes = changeLock();
  /** After which the units were made; the API may have changed them since. */
  #configured: Cameras = {};
  #units: ReadonlyMap<string, CameraUnit> = new Map();
  /** The configuration names no camera. */
  #isAutomatic = false;
  #opened = false;
  #closed: Promise<void> | undefined;

  /** Throws `HUB_SEVERAL_CAMERAS` when no camera is named and several are connected, and `CONFIG_FILE_UNREADABLE`. */
  constructor(config: Pick<Config, 'cameras' | 'encoder'>, options: CameraHubOptions) {
    const { logger, unnamed = cameraDefaults } = options;
    this.quality = config.encoder.quality;
    this.broker = new Broker<JpegFrame>({ logger });
    this.#logger = logger;
    this.#encoder = new Encoder({ ...config.encoder, logger });
    this.#automatic = new AutomaticCamera(unnamed, logger, options);
    this.#events = new Emitter((error) => logger.error({ err: error }, 'a listener to camera events failed'));
    this.#list(this.#completed(withCredentials(config.cameras, logger)));
  }

  get codec(): string {
    return this.#encoder.codec.description;
  }

  cameras(): readonly CameraUnit[] {
    return [...this.#units.values()];
  }

  subscribe(listener: (event: HubEvent) => void, options?: ListenOptions): Subscription {
    return this.#events.subscribe(listener, options);
  }

  /** Loads the codec: from then on topics may be subscribed to. */
  start(): Promise<void> {
    return this.#encoder.start();
  }

  /** Opens all cameras, without waiting for them: one that fails is tried again. */
  open(): void {
    this.#opened = true;
    for (const unit of this.#units.values()) unit.open();
  }

  /**
   * Waits until it is known of each camera whether pictures come. Rejects when none has any, with what keeps the first,
   * or `HUB_NO_FRAME`.
   */
  async settled(): Promise<void> {
    const statuses = await Promise.all(this.cameras().map((unit) => unit.settled()));
    const [first] = statuses;
    if (!first || statuses.some(isWell)) return;
    if (first.error) throw FramehubError.from(first.error);
    throw new FramehubError(
      'HUB_NO_FRAME',
      `${first.name}: no picture comes from ${first.source}: replug it, or try another size or format`,
    );
  }

  /**
   * Has these cameras from now on. One that is configured as before is not touched; one that is configured otherwise
   * becomes what is said here, while its viewers stay; new ones come, and others go. Resolves when it is done; what
   * cannot be done to one camera is logged, and that stays as it was. Throws what the constructor throws, with nothing changed.
   */
  apply(cameras: Cameras): Promise<void> {
    return this.#changes.exclusive(async () => {
      if (this.#closed) return;
      const next = this.#completed(withCredentials(cameras, this.#logger));
      const difference = compareCameras(this.#configured, next);
      this.#logger.info(difference, describeDifference(difference));
      const { gone, come } = this.#list(next);
      // They may hold the devices that the others are to have.
      await Promise.all(gone.map((unit) => unit.close()));
      if (this.#opened && !this.#closed) for (const unit of come) unit.open();
      await Promise.all(difference.changed.map((name) => this.#configure(name, next[name] as CameraConfig)));
    });
  }

  /** Closes the cameras, putting their controls back, and the encoder. */
  close(): Promise<void> {
    this.#automatic.stop();
    this.#closed ??= Promise.all(this.cameras().map((unit) => unit.close())).then(() => this.#encoder.close());
    return this.#closed;
  }

  /** Without any camera, the one that is connected, or the pattern until one is. What was chosen once stays. */
  #completed(cameras: Cameras): Cameras {
    const isNamed = Object.keys(cameras).length > 0;
    if (!isNamed && this.#isAutomatic) return this.#configured;
    const next = isNamed ? cameras : { camera0: this.#automatic.choose() };
    this.#automatic.stop();
    this.#isAutomatic = !isNamed;
    if (this.#isAutomatic && next.camera0?.source.type === 'pattern')
      this.#automatic.await((found) => void this.#changes.exclusive(() => this.#plugged(found)));
    return next;
  }

  async #plugged(camera0: CameraConfig): Promise<void> {
    if (!this.#isAutomatic || this.#closed) return;
    this.#configured = { camera0 };
    const unit = this.#units.get('camera0') as CameraUnit;
    // Until it gives pictures those of the pattern are shown; if it cannot, why.
    const shown = unit.configure(camera0).catch(() => unit.replace(camera0));
    await shown.catch((error: unknown) => this.#refused('camera0', error));
  }

  /** Makes the list of cameras this one. Those that have gone are not closed yet, nor are those opened that came. */
  #list(cameras: Cameras): { gone: CameraUnit[]; come: CameraUnit[] } {
    const { added, removed, listed } = compareCameras(this.#configured, cameras);
    const gone = removed.map((name) => this.#units.get(name) as CameraUnit);
    for (const unit of gone) unit.withdraw();
    const come = new Map(added.map((name) => [name, this.#make(name, cameras[name] as CameraConfig)]));
    this.#configured = cameras;
    this.#units = new Map(
      Object.keys(cameras).map((name) => [name, come.get(name) ?? (this.#units.get(name) as CameraUnit)]),
    );
    if (listed) this.#events.emit({ type: 'cameras' });
    return { gone, come: [...come.values()] };
  }

  #make(name: string, config: CameraConfig): CameraUnit {
    const tell = (event: HubEvent): void => {
      if (this.#units.get(name) === unit) this.#events.emit(event);
    };
    const unit = new CameraUnit(name, config, {
      encoder: this.#encoder,
      broker: this.broker,
      logger: this.#logger,
      tell,
    });
    return unit;
  }

  async #configure(name: string, config: CameraConfig): Promise<void> {
    const unit = this.#units.get(name) as CameraUnit;
    const isSameSource = isDeepStrictEqual(unit.config.source, config.source);
    try {
      await (isSameSource ? unit.configure(config) : unit.replace(config));
    } catch (error) {
      this.#refused(name, error);
    }
  }

  #refused(camera: string, error: unknown): void {
    if (this.#closed) return;
    const { code, message } = recordOf(error);
    this.#logger.warn({ camera, code }, `${camera} stays as it was: ${message}`);
  }
}

function isWell({ state }: CameraStatus): boolean {
  return state !== 'starting' && state !== 'retrying';
}

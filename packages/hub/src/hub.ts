import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { Broker } from '@framehub/broker';
import { Encoder } from '@framehub/encoder';
import {
  type CameraStatus,
  type CameraView,
  Emitter,
  FramehubError,
  type Hub,
  type HubEvent,
  type JpegFrame,
  type ListenOptions,
  type Logger,
  recordOf,
  type Subscription,
  silentLogger,
} from '@framehub/frame';
import { AutomaticCamera, type Machine } from './automatic-camera.js';
import { withCredentials } from './camera-options.js';
import { CameraUnit, changeLock } from './camera-unit.js';
import { type CameraConfig, type CameraDefaults, cameraDefaults } from './config/camera-schema.js';
import { compareCameras, describeDifference } from './config/difference.js';
import type { Config } from './config/schema.js';

/** framehub's version, as in its package.json. */
export const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

type Cameras = Config['cameras'];

/** Options of a `CameraHub` or a `Server`. */
export interface CameraHubOptions {
  /** A pino logger, or anything of its shape. @default no logger */
  readonly logger?: Logger;
  /** The settings of the camera that is used when the configuration names none. @default the defaults */
  readonly unnamed?: CameraDefaults;
}

/** Options of what waits. */
export interface WaitOptions {
  /** Stops waiting; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Cameras, encoder and bus put together: a whole framehub without gateways. It owns its cameras; close it to restore
 * their controls.
 */
export class CameraHub implements Hub, AsyncDisposable {
  readonly version = version;
  readonly quality: number;
  /** The bus: `broker.frames('garage/jpeg?width=640')`. */
  readonly broker: Broker<JpegFrame>;
  readonly #encoder: Encoder;
  readonly #logger: Logger;
  readonly #automatic: AutomaticCamera;
  readonly #events: Emitter<HubEvent>;
  readonly #changes = changeLock();
  /** The configuration from which the units were made; clients may have changed their settings since. */
  #configured: Cameras = {};
  #units: ReadonlyMap<string, CameraUnit> = new Map();
  /** The configuration names no camera. */
  #isAutomatic = false;
  #opened = false;
  #closed: Promise<void> | undefined;

  /**
   * Opens nothing: see {@link start} and {@link open}, or use `createHub`.
   *
   * @param config checked, as `checkConfig` returns it
   * @param machine how cameras are found; for tests
   * @throws FramehubError `HUB_SEVERAL_CAMERAS` when the configuration names no camera and several are connected,
   *   `CONFIG_FILE_UNREADABLE`
   */
  constructor(
    config: Pick<Config, 'cameras' | 'encoder'>,
    { logger = silentLogger, unnamed = cameraDefaults }: CameraHubOptions = {},
    /** @internal */ machine?: Machine,
  ) {
    this.quality = config.encoder.quality;
    this.broker = new Broker<JpegFrame>({ logger });
    this.#logger = logger;
    this.#encoder = new Encoder({ ...config.encoder, logger });
    this.#automatic = new AutomaticCamera(unnamed, logger, machine);
    this.#events = new Emitter((error) => logger.error({ err: error }, 'a listener to camera events failed'));
    this.#list(this.#completed(withCredentials(config.cameras, logger)));
  }

  get codec(): string {
    return this.#encoder.codec.description;
  }

  cameras(): readonly CameraView[] {
    return [...this.#units.values()];
  }

  subscribe(listener: (event: HubEvent) => void, options?: ListenOptions): Subscription {
    return this.#events.subscribe(listener, options);
  }

  /** Loads the codec. From then on topics may be subscribed to. @throws FramehubError `ENCODER_…` */
  start(): Promise<void> {
    return this.#encoder.start();
  }

  /** Opens all cameras, without waiting for them. One that fails is tried again. */
  open(): void {
    this.#opened = true;
    for (const unit of this.#units.values()) unit.open();
  }

  /**
   * Waits until it is known of each camera whether frames come.
   *
   * @throws FramehubError when no camera has any: the error of the first one, or `HUB_NO_FRAME`
   */
  async settled({ signal }: WaitOptions = {}): Promise<void> {
    const options = signal ? { signal } : {};
    const statuses = await Promise.all([...this.#units.values()].map((unit) => unit.settled(options)));
    const [first] = statuses;
    if (!first || statuses.some(isWell)) return;
    if (first.error) throw FramehubError.from(first.error);
    throw new FramehubError(
      'HUB_NO_FRAME',
      `${first.name}: no frame comes from ${first.source}: replug it, or try another size or format`,
    );
  }

  /**
   * Changes to these cameras. A camera whose configuration is unchanged is not touched; one whose configuration has
   * changed is changed while its viewers stay; new ones are opened, and others closed. Resolves when all is done. If one
   * camera cannot be changed, that is logged and it stays as it was.
   *
   * @param cameras checked: `checkConfig(settings).cameras`
   * @throws FramehubError what the constructor throws, with nothing changed
   */
  apply(cameras: Cameras): Promise<void> {
    return this.#changes.exclusive(async () => {
      if (this.#closed) return;
      const next = this.#completed(withCredentials(cameras, this.#logger));
      const difference = compareCameras(this.#configured, next);
      this.#logger.info(difference, describeDifference(difference));
      const { removed, added } = this.#list(next);
      // They may hold the devices that the others use next.
      await Promise.all(removed.map((unit) => unit.close()));
      if (this.#opened && !this.#closed) for (const unit of added) unit.open();
      await Promise.all(difference.changed.map((name) => this.#configure(name, next[name] as CameraConfig)));
    });
  }

  /** Closes the cameras, restoring their controls, and the encoder. May be called again. */
  close(): Promise<void> {
    this.#automatic.stop();
    this.#closed ??= Promise.all([...this.#units.values()].map((unit) => unit.close())).then(() =>
      this.#encoder.close(),
    );
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Without any camera: the one that is connected, or the pattern until one is. A camera once chosen stays. */
  #completed(cameras: Cameras): Cameras {
    const isNamed = Object.keys(cameras).length > 0;
    if (!isNamed && this.#isAutomatic) return this.#configured;
    const next = isNamed ? cameras : { camera0: this.#automatic.choose() };
    this.#automatic.stop();
    this.#isAutomatic = !isNamed;
    if (this.#isAutomatic && next.camera0?.source.type === 'pattern')
      this.#automatic.await((found) => void this.#changes.exclusive(() => this.#replacePattern(found)));
    return next;
  }

  async #replacePattern(camera0: CameraConfig): Promise<void> {
    if (!this.#isAutomatic || this.#closed) return;
    this.#configured = { camera0 };
    const unit = this.#units.get('camera0') as CameraUnit;
    // The pattern is shown until the camera delivers frames; if it cannot, viewers see why.
    const shown = unit.configure(camera0).catch(() => unit.replace(camera0));
    await shown.catch((error: unknown) => this.#warnUnchanged('camera0', error));
  }

  /** Makes this the list of cameras. Removed ones are not closed yet, nor added ones opened. */
  #list(cameras: Cameras): { removed: CameraUnit[]; added: CameraUnit[] } {
    const difference = compareCameras(this.#configured, cameras);
    const removed = difference.removed.map((name) => this.#units.get(name) as CameraUnit);
    for (const unit of removed) unit.withdraw();
    const added = new Map(difference.added.map((name) => [name, this.#makeUnit(name, cameras[name] as CameraConfig)]));
    this.#configured = cameras;
    this.#units = new Map(
      Object.keys(cameras).map((name) => [name, added.get(name) ?? (this.#units.get(name) as CameraUnit)]),
    );
    if (difference.listed) this.#events.emit({ type: 'cameras' });
    return { removed, added: [...added.values()] };
  }

  #makeUnit(name: string, config: CameraConfig): CameraUnit {
    const publish = (event: HubEvent): void => {
      if (this.#units.get(name) === unit) this.#events.emit(event);
    };
    const parts = { encoder: this.#encoder, broker: this.broker, logger: this.#logger, publish };
    const unit = new CameraUnit(name, config, parts);
    return unit;
  }

  async #configure(name: string, config: CameraConfig): Promise<void> {
    const unit = this.#units.get(name) as CameraUnit;
    const isSameSource = isDeepStrictEqual(unit.config.source, config.source);
    try {
      await (isSameSource ? unit.configure(config) : unit.replace(config));
    } catch (error) {
      this.#warnUnchanged(name, error);
    }
  }

  #warnUnchanged(camera: string, error: unknown): void {
    if (this.#closed) return;
    const { code, message } = recordOf(error);
    this.#logger.warn({ camera, code }, `${camera} stays unchanged: ${message}`);
  }
}

function isWell({ state }: CameraStatus): boolean {
  return state !== 'starting' && state !== 'retrying';
}

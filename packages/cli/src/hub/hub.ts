import { Broker } from '@framehub/broker';
import { Camera, type CameraOptions } from '@framehub/capture';
import { Encoder } from '@framehub/encoder';
import { FramehubError, type Hub, type JpegFrame, type Logger } from '@framehub/frame';
import { frameLimit, resolveSource } from '../cameras/resolve.js';
import type { CameraSettings } from '../config/camera-schema.js';
import type { Config } from '../config/schema.js';
import { version } from '../version.js';
import { CameraUnit } from './camera-unit.js';

/** Cameras, encoder and bus put together: all of the house but its gateways. */
export class CameraHub implements Hub {
  readonly version = version;
  readonly quality: number;
  readonly broker: Broker<JpegFrame>;
  readonly #encoder: Encoder;
  readonly #units: readonly CameraUnit[];
  readonly #cameras: readonly Camera[];
  #closed: Promise<void> | undefined;

  /** @param required the cameras have to be there now: see `resolveSource`, whose errors this throws */
  constructor(config: Pick<Config, 'cameras' | 'encoder'>, required: boolean, logger: Logger) {
    const cameras = Object.entries(config.cameras);
    const sources = cameras.map(([name, settings]) => ({
      name,
      settings,
      options: optionsOf(name, settings, required),
    }));
    this.quality = config.encoder.quality;
    this.broker = new Broker<JpegFrame>({ logger });
    this.#encoder = new Encoder({ ...config.encoder, logger });
    this.#cameras = sources.map(({ options }) => new Camera(options, logger));
    this.#units = sources.map(({ name, settings: { rotate, flip, width, quality } }, index) => {
      const rendition = { rotate, flip, ...(width && { width }), ...(quality && { quality }) };
      const camera = this.#cameras[index] as Camera;
      return new CameraUnit(name, { camera, rendition, encoder: this.#encoder, broker: this.broker, logger });
    });
  }

  get codec(): string {
    return this.#encoder.codec.description;
  }

  cameras(): readonly CameraUnit[] {
    return this.#units;
  }

  /** Loads the codec and starts its threads: from then on topics may be subscribed to. */
  start(): Promise<void> {
    return this.#encoder.start();
  }

  /** Opens all cameras, without waiting for them: one that fails is tried again. */
  open(): void {
    for (const camera of this.#cameras) camera.open();
  }

  /** Waits until every camera is live. Rejects with the error of the first that fails, or `CLI_NO_PICTURE`. */
  async settled(): Promise<void> {
    await Promise.all(this.#cameras.map(assertLive));
  }

  /** Closes the cameras, putting their controls back, and the encoder. */
  close(): Promise<void> {
    this.#closed ??= Promise.all(this.#units.map((unit) => unit.close())).then(() => this.#encoder.close());
    return this.#closed;
  }
}

function optionsOf(name: string, settings: CameraSettings, required: boolean): CameraOptions {
  const fps = frameLimit(settings);
  return { name, source: resolveSource(settings, required), idle: settings.idle, ...(fps !== undefined && { fps }) };
}

async function assertLive(camera: Camera): Promise<void> {
  const { name, source, state, error } = await camera.settled();
  if (state === 'live' || state === 'asleep' || state === 'closed') return;
  if (error) throw FramehubError.from(error);
  throw new FramehubError(
    'CLI_NO_PICTURE',
    `${name}: no picture comes from ${source}: replug it, or try another size or format`,
  );
}

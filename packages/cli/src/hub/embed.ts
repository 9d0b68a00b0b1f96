import { type Logger, silentLogger } from '@framehub/frame';
import { automaticSource, detectCameras } from '../cameras/detect.js';
import { cameraSchema } from '../config/camera-schema.js';
import { checkConfig } from '../config/load.js';
import type { Config, ConfigInput } from '../config/schema.js';
import { CameraHub } from './hub.js';
import { Server } from './server.js';

export interface EmbedOptions {
  /** pino's, or anything of its shape. @default says nothing */
  readonly logger?: Logger;
}

/**
 * Starts framehub within another program: cameras, gateways and all. A camera that is not there is waited for.
 *
 * @param config as in a configuration file; without cameras, the one that is connected or a test pattern
 * @throws FramehubError `CLI_CONFIG_INVALID`, `HTTP_PORT_IN_USE` …: see docs/errors.md
 */
export async function serve(config: ConfigInput = {}, { logger = silentLogger }: EmbedOptions = {}): Promise<Server> {
  const server = new Server(complete(config, logger), false, logger);
  await started(server);
  return server;
}

/** The same without gateways: cameras, and the bus to take JPEGs from. */
export async function createHub(
  config: Pick<ConfigInput, 'cameras' | 'encoder'> = {},
  { logger = silentLogger }: EmbedOptions = {},
): Promise<CameraHub> {
  const hub = new CameraHub(complete(config, logger), false, logger);
  await started(hub);
  hub.open();
  return hub;
}

function complete(input: ConfigInput, logger: Logger): Config {
  const config = checkConfig(input);
  if (Object.keys(config.cameras).length > 0) return config;
  const source = automaticSource(detectCameras(), logger);
  return { ...config, cameras: { camera0: { ...cameraSchema.parse({ source: 'pattern' }), source } } };
}

async function started(parts: { start(): Promise<void>; close(): Promise<void> }): Promise<void> {
  try {
    await parts.start();
  } catch (error) {
    await parts.close();
    throw error;
  }
}

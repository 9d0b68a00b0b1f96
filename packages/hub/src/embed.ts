import { type Logger, silentLogger } from '@framehub/frame';
import { checkConfig } from './config/load.js';
import type { ConfigInput } from './config/schema.js';
import { CameraHub } from './hub.js';
import { Server } from './server.js';

export interface EmbedOptions {
  /** pino's, or anything of its shape. @default says nothing */
  readonly logger?: Logger;
}

/**
 * Starts framehub within another program: cameras, gateways and all. A camera that is not there is waited for.
 *
 * @param config as in a configuration file; without cameras, the one that is connected, or a test pattern until one is
 * @throws FramehubError `CONFIG_INVALID`, `HTTP_PORT_IN_USE` …: see docs/errors.md
 */
export async function serve(config: ConfigInput = {}, { logger = silentLogger }: EmbedOptions = {}): Promise<Server> {
  return started(new Server(checkConfig(config), { logger }));
}

/** The same without gateways: cameras, and the bus to take JPEGs from. */
export async function createHub(
  config: Pick<ConfigInput, 'cameras' | 'encoder'> = {},
  { logger = silentLogger }: EmbedOptions = {},
): Promise<CameraHub> {
  const hub = await started(new CameraHub(checkConfig(config), { logger }));
  hub.open();
  return hub;
}

async function started<T extends { start(): Promise<void>; close(): Promise<void> }>(parts: T): Promise<T> {
  try {
    await parts.start();
    return parts;
  } catch (error) {
    await parts.close();
    throw error;
  }
}

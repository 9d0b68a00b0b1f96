export type { CameraConfig } from './config/camera-schema.js';
export { checkConfig, loadConfig } from './config/load.js';
export { type Config, type ConfigInput, configJsonSchema } from './config/schema.js';
export { createHub, type EmbedOptions, serve } from './hub/embed.js';
export { CameraHub } from './hub/hub.js';
export type { Server } from './hub/server.js';

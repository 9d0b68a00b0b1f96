export type { CameraConfig } from './config/camera-schema.js';
export { checkConfig, loadConfig } from './config/load.js';
export { type Config, type ConfigInput, configJsonSchema } from './config/schema.js';
export { type Detected, describeDevices, detectCameras } from './detect.js';
export { createHub, type EmbedOptions, serve } from './embed.js';
export { CameraHub, type CameraHubOptions } from './hub.js';
export { Server } from './server.js';
export { version } from './version.js';

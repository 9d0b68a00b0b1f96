export { type Detected, describeDevices, detectCameras } from './automatic-camera.js';
export type { CameraConfig, CameraDefaults } from './config/camera-schema.js';
export { checkConfig, loadConfig, type ReadConfigOptions } from './config/load.js';
export { type Config, type ConfigInput, configJsonSchema } from './config/schema.js';
export { CameraHub, type CameraHubOptions, version, type WaitOptions } from './hub.js';
export { createHub, Server, type StartOptions, serve } from './server.js';

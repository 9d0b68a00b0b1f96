export {
  type CameraConfig,
  CameraHub,
  type Config,
  type ConfigInput,
  checkConfig,
  configJsonSchema,
  createHub,
  loadConfig,
  Server,
  type StartOptions,
  serve,
} from '@framehub/hub';

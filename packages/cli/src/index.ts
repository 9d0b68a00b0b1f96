export {
  type CameraConfig,
  CameraHub,
  type Config,
  type ConfigInput,
  checkConfig,
  configJsonSchema,
  createHub,
  type EmbedOptions,
  loadConfig,
  Server,
  serve,
} from '@framehub/hub';

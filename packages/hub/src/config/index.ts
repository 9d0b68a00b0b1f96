export {
  type CameraConfig,
  type CameraDefaults,
  cameraDefaults,
  cameraFields,
  cameraSchema,
  SIZE_TABLE,
  withoutSource,
} from './camera-schema.js';
export { fileProblem, readPasswordFile, warnOfReaders } from './files.js';
export { checkConfig, loadConfig, parseConfig, type ReadConfigOptions, readConfigFile } from './load.js';
export { MQTT_URL_ALLOWED, type MqttConfig, mqttDefaults, mqttPlanFields, mqttUrl } from './mqtt-schema.js';
export { Reload, type ReloadParts } from './reload.js';
export {
  type Config,
  type ConfigInput,
  cameraName,
  configJsonSchema,
  configSchema,
  encoderFields,
  httpFields,
  logFields,
} from './schema.js';
export { readSource, SOURCE_ALLOWED, type SourceConfig } from './source.js';

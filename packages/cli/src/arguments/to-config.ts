import { type Logger, silentLogger } from '@framehub/frame';
import {
  type CameraConfig,
  type CameraDefaults,
  type Config,
  cameraSchema,
  configSchema,
  type MqttConfig,
  mqttDefaults,
  mqttPlanFields,
  parseConfig,
  readConfigFile,
  readSource,
  withoutSource,
} from '@framehub/hub/config';
import { usageError } from '../errors.js';
import type { CameraOptionValues, ServeOptionValues } from './options.js';

/** What a command line asks for. */
export interface Request {
  readonly config: Config;
  /** The settings of the camera that is used when `config` names none: its source is still open. */
  readonly unnamed: CameraDefaults;
  /**
   * The cameras were just typed, so one at least must be there. A file, also one of options, is what a service is started
   * with, which waits.
   */
  readonly required: boolean;
}

/**
 * The configuration that options give, on top of the file that they name. Options win over the file. Cameras of the
 * command line replace the file's, and options of a camera apply to those only.
 *
 * @param logger warned of options and keys in the version before's notation
 * @param text of the file, if it has been read already
 * @throws FramehubError `CLI_USAGE`, and the errors of reading a configuration
 */
export function requestOf(options: ServeOptionValues, logger: Logger = silentLogger, text?: string): Request {
  const { config: path, idle } = options;
  if (typeof idle === 'number') logger.warn({}, `--idle needs a unit: write ${idle}s instead of ${idle}`);
  const file =
    path === undefined ? configSchema.parse({}) : parseConfig(text ?? readConfigFile(path), path, { logger });
  const unnamed = withoutSource(cameraSchema.parse({ source: 'pattern', ...cameraInput(options) }));
  const fromFile = options.camera === undefined && Object.keys(file.cameras).length > 0;
  if (fromFile) refuseCameraOptions(options);
  const { port, host, authFile, maxViewers, cors, trustedProxies } = options;
  const { codec, threads, quality, subsampling, logLevel, verbose, logfile } = options;
  const config: Config = {
    cameras: fromFile ? file.cameras : namedCameras(options),
    http: { ...file.http, ...given({ port, host, authFile, maxViewers, cors, trustedProxies }) },
    encoder: { ...file.encoder, ...given({ codec, threads, quality, subsampling }) },
    mqtt: withMqttOptions(file.mqtt, options),
    log: { ...file.log, ...given({ level: verbose ? 'debug' : logLevel, file: logfile }) },
  };
  return { config, unnamed, required: !fromFile && options.file === undefined };
}

function credentialsOf({ cameraUser: username, cameraPasswordFile: passwordFile }: CameraOptionValues) {
  return given({ username, passwordFile });
}

function cameraInput(options: CameraOptionValues) {
  const { size, format, fps, rotate, flip, width, idle, warmup, onNoBandwidth, control = [] } = options;
  const controls = Object.fromEntries(control.map(({ name, value }) => [name, value]));
  const seconds = typeof idle === 'number' ? `${idle}s` : idle;
  return given({ size, format, fps, rotate, flip, width, idle: seconds, warmup, onNoBandwidth, controls });
}

/** Cameras without a name are named after their place, which is also their number in addresses: camera0, camera1 … */
function namedCameras(options: CameraOptionValues): Config['cameras'] {
  const cameras = new Map<string, CameraConfig>();
  const credentials = credentialsOf(options);
  const isAddress = ({ source }: { readonly source: string }) => readSource(source)?.type === 'http';
  if (Object.keys(credentials).length > 0 && !options.camera?.some(isAddress))
    throw usageError(
      `--camera-${credentials.username === undefined ? 'password-file' : 'user'} needs a camera with an address: --camera http://HOST/…`,
    );
  for (const [index, { name = `camera${index}`, source }] of (options.camera ?? []).entries()) {
    if (cameras.has(name))
      throw usageError(`two cameras are named ${name}: write --camera NAME=SOURCE with a different name for each`, {
        name,
      });
    const own = isAddress({ source }) ? credentials : {};
    cameras.set(name, cameraSchema.parse({ source, ...own, ...cameraInput(options) }));
  }
  return Object.fromEntries(cameras);
}

/** Options whose names differ from their keys. */
const OPTIONS: Readonly<Record<string, string>> = {
  controls: 'control',
  onNoBandwidth: 'on-no-bandwidth',
  username: 'camera-user',
  passwordFile: 'camera-password-file',
};

function refuseCameraOptions(options: CameraOptionValues): void {
  const { manexp, exposure } = options;
  const { controls, ...input } = cameraInput(options);
  const others = { manexp, exposure, ...credentialsOf(options), ...(options.control && { controls }) };
  const [key] = Object.keys({ ...input, ...given(others) });
  if (key === undefined) return;
  throw usageError(
    `--${OPTIONS[key] ?? key} is for cameras of the command line: set ${key} of those in ${options.config} there`,
    { key },
  );
}

/** The section `mqtt` with options on top: another MQTT server, another interval. All else stays as in the file. */
function withMqttOptions(
  file: MqttConfig | undefined,
  { mqtt, mqttEvery }: Pick<ServeOptionValues, 'mqtt' | 'mqttEvery'>,
): MqttConfig | undefined {
  if (mqtt === undefined && mqttEvery === undefined) return file;
  if (mqtt === undefined && file === undefined)
    throw usageError('--mqtt-every needs an MQTT server: --mqtt embedded, or --mqtt URL', { key: 'mqttEvery' });
  const { url, embedded, every, cron, ...rest } = file ?? mqttDefaults;
  const schedule: Pick<MqttConfig, 'every' | 'cron'> =
    mqttEvery === undefined ? { every, cron } : { every: mqttPlanFields.every.parse(mqttEvery) };
  if (mqtt === undefined) return { ...rest, ...schedule, url, embedded };
  return { ...rest, ...schedule, ...(mqtt === 'embedded' ? { embedded: embedded ?? true } : { url: mqtt }) };
}

function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

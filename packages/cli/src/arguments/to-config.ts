import {
  type CameraConfig,
  type CameraDefaults,
  type Config,
  cameraSchema,
  configSchema,
  parseConfig,
  readConfigFile,
  readSource,
  withoutSource,
} from '@framehub/hub/config';
import { usageError } from '../errors.js';
import { withMqttOptions } from './mqtt-settings.js';
import type { CameraOptionValues, ServeOptionValues } from './options.js';

/** What a command line asks for. */
export interface Request {
  readonly config: Config;
  /** The settings of the camera that is taken when `config` names none: its source is still open. */
  readonly unnamed: CameraDefaults;
  /**
   * The cameras are those that somebody has just typed, of which one at least has to be there. A file, also one of
   * options, is what a service is started with, which waits.
   */
  readonly required: boolean;
}

/**
 * The configuration that options give, on top of the file that they name. Options win over the file. Cameras of the
 * command line take the place of the file's, and options of a camera hold for those only.
 * @param text what the file says, if it has been read already
 * @throws `CLI_USAGE`, and all that loading a configuration throws
 */
export function requestOf(options: ServeOptionValues, text?: string): Request {
  const { config: path } = options;
  const file = path === undefined ? configSchema.parse({}) : parseConfig(text ?? readConfigFile(path), path);
  const unnamed = withoutSource(cameraSchema.parse({ source: 'pattern', ...cameraInput(options) }));
  const fromFile = options.camera === undefined && Object.keys(file.cameras).length > 0;
  if (fromFile) refuseCameraOptions(options);
  const config: Config = {
    cameras: fromFile ? file.cameras : namedCameras(options),
    http: { ...file.http, ...given({ ...pickHttp(options) }) },
    encoder: { ...file.encoder, ...given(pickEncoder(options)) },
    mqtt: withMqttOptions(file.mqtt, options),
    log: { ...file.log, ...given({ level: options.verbose ? 'debug' : options.logLevel, file: options.logfile }) },
  };
  return { config, unnamed, required: !fromFile && options.file === undefined };
}

function pickHttp({ port, host, authFile, maxViewers, cors, trustedProxies }: ServeOptionValues) {
  return { port, host, authFile, maxViewers, cors, trustedProxies };
}

function pickEncoder({ codec, threads, quality, subsampling }: CameraOptionValues) {
  return { codec, threads, quality, subsampling };
}

function pickCredentials({ cameraUser: username, cameraPasswordFile: passwordFile }: CameraOptionValues) {
  return { username, passwordFile };
}

function cameraInput(options: CameraOptionValues) {
  const { size, format, fps, rotate, flip, width, idle, warmup, onNoBandwidth, control = [] } = options;
  const controls = Object.fromEntries(control.map(({ name, value }) => [name, value]));
  const more = { warmup, onNoBandwidth: onNoBandwidth, controls };
  return given({ size, format, fps, rotate, flip, width, idle, ...more });
}

/** Cameras without a name are called after their place, which is also their number in addresses: camera0, camera1 … */
function namedCameras(options: CameraOptionValues): Config['cameras'] {
  const cameras = new Map<string, CameraConfig>();
  const credentials = given(pickCredentials(options));
  const isAddress = ({ source }: { readonly source: string }) => readSource(source)?.type === 'http';
  if (Object.keys(credentials).length > 0 && !options.camera?.some(isAddress))
    throw usageError(
      `--camera-${credentials.username === undefined ? 'password-file' : 'user'} needs a camera with an address: --camera http://HOST/…`,
    );
  for (const [index, { name = `camera${index}`, source }] of (options.camera ?? []).entries()) {
    if (cameras.has(name))
      throw usageError(`two cameras are named ${name}: write --camera NAME=SOURCE with a name of its own for each`, {
        name,
      });
    const own = isAddress({ source }) ? credentials : {};
    cameras.set(name, cameraSchema.parse({ source, ...own, ...cameraInput(options) }));
  }
  return Object.fromEntries(cameras);
}

/** Those that are called otherwise than their keys. */
const OPTIONS: Readonly<Record<string, string>> = {
  controls: 'control',
  username: 'camera-user',
  passwordFile: 'camera-password-file',
};

function refuseCameraOptions(options: CameraOptionValues): void {
  const { manexp, exposure } = options;
  const { controls, ...input } = cameraInput(options);
  const others = { manexp, exposure, ...pickCredentials(options), ...(options.control && { controls }) };
  const [key] = Object.keys({ ...input, ...given(others) });
  if (key === undefined) return;
  const option = OPTIONS[key] ?? key.replaceAll('_', '-');
  throw usageError(`--${option} is for cameras of the command line: set ${key} of those in ${options.config} there`, {
    key,
  });
}

function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

import { mustBe } from '@framehub/frame';
import {
  cameraFields,
  cameraName,
  encoderFields,
  httpFields,
  logFields,
  MQTT_URL_ALLOWED,
  mqttPlanFields,
  mqttUrl,
  readSource,
  SOURCE_ALLOWED,
} from '@framehub/hub/config';
import { safeParseWith } from '@framehub/settings';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { usageError } from '../errors.js';
import { asList, asNumber, asOrigins, number, repeatable, setting } from './setting.js';

type Inputs<T extends Readonly<Record<string, z.ZodType>>> = { [K in keyof T]?: z.input<T[K]> };
type CameraInput = Inputs<typeof cameraFields>;

/** A camera as the command line names it. */
export interface CameraArgument {
  readonly name: string | undefined;
  readonly source: string;
}

export interface ControlArgument {
  readonly name: string;
  /** As in the configuration file. */
  readonly value: number | boolean | string;
}

/** Values of the options of a command that uses cameras, as in the configuration file. */
export interface CameraOptionValues
  extends Pick<CameraInput, 'size' | 'format' | 'fps' | 'rotate' | 'flip' | 'width' | 'warmup' | 'onNoBandwidth'>,
    Pick<Inputs<typeof encoderFields>, 'codec' | 'threads' | 'quality' | 'subsampling'> {
  readonly camera?: readonly CameraArgument[];
  readonly control?: readonly ControlArgument[];
  readonly manexp?: number;
  readonly exposure?: number;
  /** A number of seconds is the version before's notation. */
  readonly idle?: CameraInput['idle'] | number;
  /** Of cameras with an address. */
  readonly cameraUser?: string;
  readonly cameraPasswordFile?: string;
  readonly config?: string;
  /** The last of the option files, whose options are among these. */
  readonly file?: string;
  readonly verbose?: true;
  readonly logLevel?: z.input<typeof logFields.level>;
  readonly logfile?: string;
}

/** Values of the options of `framehub serve`. */
export interface ServeOptionValues
  extends CameraOptionValues,
    Pick<Inputs<typeof httpFields>, 'port' | 'host' | 'authFile' | 'maxViewers' | 'cors' | 'trustedProxies'> {
  /** Address of an MQTT server, or `embedded`. */
  readonly mqtt?: string;
  readonly mqttEvery?: z.input<typeof mqttPlanFields.every>;
}

const mqttServer = z.union([z.literal('embedded'), mqttUrl], { error: `embedded, or ${MQTT_URL_ALLOWED}` });
const idleRule = z.preprocess((value) => (typeof value === 'number' ? `${value}s` : value), cameraFields.idle);

export function addServeOptions(command: Command): Command {
  const { port, host, authFile, maxViewers, cors, trustedProxies } = httpFields;
  addGroup(command, 'Network:', [
    setting('--port <PORT>', port, { read: asNumber }),
    setting('--host <ADDRESS>', host),
    setting('--auth-file <FILE>', authFile),
    setting('--max-viewers <COUNT>', maxViewers, { read: asNumber }),
    setting('--cors <ORIGINS>', cors, {
      read: asOrigins,
      help: 'other pages that may read responses: *, none, or A,B (default: *)',
    }),
    setting('--trusted-proxies <ADDRESSES>', trustedProxies, {
      read: asList,
      help: 'proxies whose X-Forwarded-For is believed: A,B (default: none)',
    }),
    setting('--mqtt <URL|embedded>', mqttServer, {
      help: 'publishes to an MQTT server: mqtt://HOST, or its own',
    }),
    setting('--mqtt-every <TIME>', mqttPlanFields.every, {
      help: 'a snapshot every 10s, 2m … (default: on command)',
    }),
  ]);
  return addCameraOptions(command);
}

/** Options of one camera apply to every camera of the command line. */
export function addCameraOptions(command: Command): Command {
  const { size, format, fps, rotate, flip, width, warmup, onNoBandwidth, username, passwordFile } = cameraFields;
  addGroup(command, 'Cameras:', [
    repeatable('--camera <[NAME=]SOURCE>', 'a camera, see below; several may be given', readCameraArgument),
    setting('--size <SIZE>', size, { help: 'WIDTHxHEIGHT, or 0 to 8, see below (default: the largest)' }),
    setting('--format <FOURCC>', format),
    setting('--fps <FPS>', fps, { read: asNumber, help: 'frames per second, thinned evenly (default: 24)' }),
    setting('--rotate <DEGREES>', rotate, { read: asNumber, help: 'clockwise: 0, 90, 180 or 270 (default: 0)' }),
    setting('--flip <HOW>', flip, { help: 'horizontal, vertical or both, before rotating' }),
    setting('--width <PIXELS>', width, { read: asNumber, help: 'scales frames down to this width' }),
    setting('--quality <1-100>', encoderFields.quality, { read: asNumber }),
    setting('--idle <TIME>', idleRule, {
      read: asNumber,
      help: 'closes a camera after so long without a viewer: 60s (default: never)',
    }),
    setting('--warmup <FRAMES|TIME>', warmup, {
      read: asNumber,
      help: 'leaves out the first, dark frames: 5, or 1.5s',
    }),
    setting('--on-no-bandwidth <HOW>', onNoBandwidth, { help: 'USB bus full: wait, or fallback to less' }),
    setting('--camera-user <NAME>', username, { help: 'user name for cameras that are http://… or https://…' }),
    setting('--camera-password-file <FILE>', passwordFile, { help: 'file with their password, and nothing else' }),
    repeatable('--control <NAME=VALUE>', 'one of the camera’s controls: brightness=120', readControlArgument),
    number('--manexp <MODE>', 'with --exposure: 1 or 0.25 is manual, 3 or 0.75 automatic'),
    number('--exposure <VALUE>', 'with --manexp: exposure time in the driver’s units'),
  ]);
  addGroup(command, 'Encoding:', [
    setting('--codec <CODEC>', encoderFields.codec, { help: 'auto, turbo or portable (default: auto)' }),
    setting('--threads <COUNT>', encoderFields.threads, { read: asNumber }),
    setting('--subsampling <HOW>', encoderFields.subsampling, {
      help: 'auto, 4:4:4, 4:2:2 or 4:2:0 (default: auto)',
    }),
  ]);
  addGroup(command, 'Files and messages:', [
    new Option('--config <FILE>', 'settings of cameras and gateways, YAML or JSON'),
    new Option('--file <FILE>', 'more options, as on this command line; # begins a comment'),
    new Option('--verbose', 'the same as --log-level debug'),
    setting('--log-level <LEVEL>', logFields.level),
    setting('--logfile <FILE>', logFields.file),
    new Option('-#, --comment <TEXT>', 'does nothing'),
  ]);
  return command;
}

function addGroup(command: Command, heading: string, options: readonly Option[]): void {
  for (const option of options) command.addOption(option.helpGroup(heading));
}

/** Reads `garage=/dev/video0`, or a source alone. @throws FramehubError `CLI_USAGE` */
export function readCameraArgument(value: string): CameraArgument {
  // A source may have a sign of its own, after which no name precedes it: http://…?a=b, file:/a=b
  const [, name, source = value] = /^([^=:/\\]*)=(.*)$/s.exec(value) ?? [];
  const checked = name === undefined ? undefined : safeParseWith(cameraName, name);
  if (checked?.success === false) throw usageError(mustBe('the name in --camera', checked.problems[0].allowed, name));
  if (!readSource(source)) throw usageError(mustBe('--camera', SOURCE_ALLOWED, value));
  return { name, source };
}

/** Reads `brightness=120`, `auto_focus=false`, `power_line_frequency=50 Hz`. @throws FramehubError `CLI_USAGE` */
export function readControlArgument(text: string): ControlArgument {
  const [, name, value] = /^([a-z]\w*)=(.+)$/is.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw usageError(
      mustBe('--control', 'NAME=VALUE, where VALUE is a whole number, true, false, or the name of a menu item', text),
    );
  return { name, value: readControlValue(value) };
}

function readControlValue(text: string): ControlArgument['value'] {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

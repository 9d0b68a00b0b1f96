import { cameraFields, encoderFields, httpFields, logFields, mqttPlanFields, mqttUrl } from '@framehub/hub/config';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import {
  type CameraArgument,
  type ControlArgument,
  readCameraArgument,
  readControlArgument,
} from './camera-argument.js';
import { asList, asNumber, asOrigins, number, repeatable, setting } from './setting.js';

type CameraInput = { [K in keyof typeof cameraFields]?: z.input<(typeof cameraFields)[K]> };
type HttpInput = { [K in keyof typeof httpFields]?: z.input<(typeof httpFields)[K]> };
type EncoderInput = { [K in keyof typeof encoderFields]?: z.input<(typeof encoderFields)[K]> };

/** What the options of a command that uses cameras give; values are as in the configuration file. */
export interface CameraOptionValues
  extends Pick<CameraInput, 'size' | 'format' | 'fps' | 'rotate' | 'flip' | 'width' | 'idle' | 'warmup'>,
    Pick<EncoderInput, 'codec' | 'threads' | 'quality' | 'subsampling'> {
  readonly camera?: readonly CameraArgument[];
  readonly control?: readonly ControlArgument[];
  readonly manexp?: number;
  readonly exposure?: number;
  readonly onNoBandwidth?: CameraInput['onNoBandwidth'];
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

/** What the options of `framehub serve` give. */
export interface ServeOptionValues
  extends CameraOptionValues,
    Pick<HttpInput, 'port' | 'host' | 'authFile' | 'maxViewers' | 'cors' | 'trustedProxies'> {
  /** Address of a broker, or `embedded`. */
  readonly mqtt?: string;
  readonly mqttEvery?: z.input<typeof mqttPlanFields.every>;
}

const brokerAllowed = `embedded, or ${mqttUrl.safeParse('').error?.issues[0]?.message}`;
const mqttBroker = z.union([z.literal('embedded'), mqttUrl], { error: brokerAllowed });

export function addServeOptions(command: Command): Command {
  const { port, host, authFile, maxViewers, cors, trustedProxies } = httpFields;
  addGroup(command, 'Network:', [
    setting('--port <PORT>', 'port to listen on (default: 8090)', port, asNumber),
    setting('--host <ADDRESS>', 'address to listen on (default: 0.0.0.0, everyone)', host),
    setting('--auth-file <FILE>', 'lines NAME:PASSWORD of those who may look', authFile),
    setting('--max-viewers <COUNT>', 'viewers at a time (default: 1000)', maxViewers, asNumber),
    setting(
      '--cors <ORIGINS>',
      'foreign pages that may use the answers: *, none, or A,B (default: *)',
      cors,
      asOrigins,
    ),
    setting(
      '--trusted-proxies <ADDRESSES>',
      'proxies whose X-Forwarded-For is believed: A,B (default: none)',
      trustedProxies,
      asList,
    ),
    setting('--mqtt <URL|embedded>', 'publishes at a broker: mqtt://HOST, or one of its own', mqttBroker),
    setting('--mqtt-every <TIME>', 'a snapshot each 10s, 2m … (default: on command)', mqttPlanFields.every),
  ]);
  return addCameraOptions(command);
}

/** Options of one camera's picture hold for every camera of the command line. */
export function addCameraOptions(command: Command): Command {
  const { size, format, fps, rotate, flip, width, idle, warmup, onNoBandwidth } = cameraFields;
  const { username, passwordFile } = cameraFields;
  addGroup(command, 'Cameras:', [
    repeatable('--camera <[NAME=]SOURCE>', 'a camera, see below; several may be given', readCameraArgument),
    setting('--size <SIZE>', 'WIDTHxHEIGHT, or 0 to 8, see below (default: the largest)', size),
    setting('--format <FOURCC>', 'what the camera delivers: MJPG, YUYV, NV12 … (default: MJPG)', format),
    setting('--fps <FPS>', 'frames a second, thinned evenly (default: 24)', fps, asNumber),
    setting('--rotate <DEGREES>', 'clockwise: 0, 90, 180 or 270', rotate, asNumber),
    setting('--flip <HOW>', 'horizontal, vertical or both; before rotating', flip),
    setting('--width <PIXELS>', 'scales the picture down', width, asNumber),
    setting('--quality <1-100>', 'of JPEGs made here (default: 80)', encoderFields.quality, asNumber),
    setting(
      '--idle <SECONDS>',
      'switches the camera off so long after the last viewer (default: never)',
      idle,
      asNumber,
    ),
    setting('--warmup <FRAMES|TIME>', 'leaves out the first, dark pictures: 5, or 1.5s', warmup, asNumber),
    setting('--on-no-bandwidth <HOW>', 'USB bus full: wait, or fallback to less', onNoBandwidth),
    setting('--camera-user <NAME>', 'at cameras that are http://… or https://…', username),
    setting('--camera-password-file <FILE>', 'file with the password there, and nothing else', passwordFile),
    repeatable('--control <NAME=VALUE>', 'one of the camera’s controls: brightness=120', readControlArgument),
    number('--manexp <MODE>', 'with --exposure: 1 or 0.25 is manual, 3 or 0.75 automatic'),
    number('--exposure <VALUE>', 'with --manexp: exposure time in the driver’s units'),
  ]);
  addGroup(command, 'Encoding:', [
    setting('--codec <CODEC>', 'auto, turbo or portable (default: auto)', encoderFields.codec),
    setting(
      '--threads <COUNT>',
      'threads that encode (default: by the number of cores)',
      encoderFields.threads,
      asNumber,
    ),
    setting('--subsampling <HOW>', 'auto, 4:4:4, 4:2:2 or 4:2:0 (default: auto)', encoderFields.subsampling),
  ]);
  addGroup(command, 'Files and messages:', [
    new Option('--config <FILE>', 'settings of cameras and gateways, YAML or JSON'),
    new Option('--file <FILE>', 'more options, as on this command line; # begins a comment'),
    new Option('--verbose', 'shows more: the same as --log-level debug'),
    setting('--log-level <LEVEL>', 'debug, info, warn, error or silent (default: info)', logFields.level),
    setting('--logfile <FILE>', 'appends the log to a file as well', logFields.file),
    new Option('-#, --comment <TEXT>', 'does nothing'),
  ]);
  return command;
}

function addGroup(command: Command, heading: string, options: readonly Option[]): void {
  for (const option of options) command.addOption(option.helpGroup(heading));
}

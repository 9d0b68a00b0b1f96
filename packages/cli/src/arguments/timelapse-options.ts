import { type Command, Option } from 'commander';
import { number } from './setting.js';

/** Values are checked by the timelapse package. */
export function addCollectOptions(command: Command): Command {
  const groups: Readonly<Record<string, readonly Option[]>> = {
    'Source:': [
      new Option('--from <URL>', 'a hub, http://HOST:8090, or any address of a JPEG'),
      new Option('--mqtt <URL>', 'an MQTT server: mqtt://, mqtts://, ws:// or wss://HOST'),
      new Option('--camera <NAME>', 'which one (with --from, default: the first)'),
      new Option('--prefix <WORD>', 'first level of the hub’s MQTT topics (default: framehub)'),
      new Option('--topic <TOPIC>', 'an MQTT topic of another program, instead of --camera'),
    ],
    'When:': [
      new Option('--every <TIME>', 'one frame every 500ms, 10s, 2m, 1h'),
      new Option('--on-message', 'every frame that is published, with --mqtt'),
      new Option('--timeout <TIME>', 'how long to wait for one (default: --every)'),
    ],
    'Output:': [
      new Option('-o, --out <DIR>', 'folder, continued if it has frames'),
      number('--keep <COUNT>', 'frames to keep; the oldest are removed (default: all)'),
    ],
    'Authentication:': [
      new Option('--username <NAME>', 'at the hub or MQTT server'),
      new Option('--password-file <FILE>', 'file with the password, and nothing else'),
      new Option('--ca <FILE>', 'certificates that are trusted (PEM)'),
      new Option('--cert <FILE>', 'client certificate, where one is required (PEM)'),
      new Option('--key <FILE>', 'key of the client certificate (PEM)'),
      new Option('--client-id <TEXT>', 'at the MQTT server (default: a random one)'),
    ],
    'Messages:': [new Option('--verbose', 'shows more')],
  };
  for (const [heading, options] of Object.entries(groups))
    for (const option of options) command.addOption(option.helpGroup(heading));
  return command;
}

export function addRenderOptions(command: Command): Command {
  const options = [
    new Option('-o, --output <FILE>', 'the film: .mp4, .mov, .mkv; .avi needs no ffmpeg').makeOptionMandatory(),
    number('--fps <COUNT>', 'frames per second (default: 25)'),
    new Option('--stamp', 'writes the capture time into each frame'),
    new Option('--deflicker', 'evens out brightness from frame to frame'),
    number('--width <PIXELS>', 'of the film (default: of the first frame)'),
    new Option('--from <TIME>', 'frames since: 2026-11-24, 2026-11-24T18:00'),
    new Option('--to <TIME>', 'frames until'),
    new Option('--overwrite', 'replaces an existing film'),
    new Option('--ffmpeg <PROGRAM>', 'the program (default: ffmpeg of the PATH)'),
    new Option('--verbose', 'shows more'),
  ];
  for (const option of options) command.addOption(option);
  return command;
}

export const collectHelp = `
Passwords also come from the environment: FRAMEHUB_MQTT_USERNAME and
FRAMEHUB_MQTT_PASSWORD with --mqtt, FRAMEHUB_HTTP_… with --from.

Examples:
  framehub timelapse --from http://pi4:8090 --every 10s --out garage
  framehub timelapse --mqtt mqtt://pi4 --camera bed --on-message --out bed
  framehub timelapse render garage -o garage.mp4 --fps 25 --stamp
`;

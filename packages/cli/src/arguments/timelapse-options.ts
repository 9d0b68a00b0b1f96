import { type Command, Option } from 'commander';
import { number } from './setting.js';

/** The timelapse package checks the values, and which options go together. */
export function addCollectOptions(command: Command): Command {
  const groups: Readonly<Record<string, readonly Option[]>> = {
    'Source:': [
      new Option('--from <URL>', 'a hub, http://HOST:8090, or any address of a JPEG'),
      new Option('--mqtt <URL>', 'MQTT server: mqtt://, mqtts://, ws:// or wss://HOST'),
      new Option('--camera <NAME>', 'name in the hub (with --from, default: the first)'),
      new Option('--prefix <WORD>', 'start of the hub’s MQTT topics (default: framehub)'),
      new Option('--topic <TOPIC>', 'another program’s JPEGs, instead of --camera'),
    ],
    'Schedule:': [
      new Option('--every <TIME>', 'interval of snapshots: 500ms, 10s, 2m, 1h'),
      new Option('--on-message', 'each snapshot that is published, with --mqtt'),
      new Option('--timeout <TIME>', 'how long to wait for one (default: the interval)'),
      // The former name, which sets the same value.
      Object.assign(new Option('--patience <TIME>').hideHelp(), { attributeName: () => 'timeout' }),
    ],
    'Folder:': [
      new Option('-o, --out <DIR>', 'folder, continued if it has snapshots'),
      number('--keep <COUNT>', 'snapshots to keep; older are deleted (default: all)'),
    ],
    'Credentials:': [
      new Option('--username <NAME>', 'at the hub or MQTT server'),
      new Option('--password-file <FILE>', 'file with the password, and nothing else'),
      new Option('--ca <FILE>', 'trusted certificates (PEM)'),
      new Option('--cert <FILE>', 'client certificate, if the server needs one (PEM)'),
      new Option('--key <FILE>', 'its key (PEM)'),
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
    new Option('--stamp', 'writes the time of capture into each frame'),
    new Option('--deflicker', 'evens out brightness from frame to frame'),
    number('--width <PIXELS>', 'of the film (default: of the first snapshot)'),
    new Option('--from <TIME>', 'snapshots from then on: 2026-11-24, 2026-11-24T18:00'),
    new Option('--to <TIME>', 'snapshots up to then'),
    new Option('--overwrite', 'replaces an existing film'),
    new Option('--ffmpeg <PROGRAM>', 'the program (default: the one found)'),
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

import { type Command, Option } from 'commander';
import { number } from './setting.js';

/** Values are checked by the timelapse package, which knows what goes with what. */
export function addCollectOptions(command: Command): Command {
  const groups: Readonly<Record<string, readonly Option[]>> = {
    'From where:': [
      new Option('--from <URL>', 'a hub, http://HOST:8090, or any address of a picture'),
      new Option('--mqtt <URL>', 'a broker: mqtt://, mqtts://, ws:// or wss://HOST'),
      new Option('--camera <NAME>', 'which one (with --from, default: the first)'),
      new Option('--prefix <WORD>', 'first word of the hub’s topics (default: framehub)'),
      new Option('--topic <TOPIC>', 'another program’s pictures, in place of --camera'),
    ],
    'When:': [
      new Option('--every <TIME>', 'a picture each 500ms, 10s, 2m, 1h'),
      new Option('--on-message', 'each picture that is published, with --mqtt'),
      new Option('--patience <TIME>', 'how long one is waited for (default: an interval)'),
    ],
    'Where to:': [
      new Option('-o, --out <DIR>', 'folder, continued if it has pictures'),
      number('--keep <COUNT>', 'pictures to keep; the oldest go (default: all)'),
    ],
    'To be let in:': [
      new Option('--username <NAME>', 'at the hub or broker'),
      new Option('--password-file <FILE>', 'file with the password, and nothing else'),
      new Option('--ca <FILE>', 'certificates that are trusted (PEM)'),
      new Option('--cert <FILE>', 'certificate of our own, where one is wanted (PEM)'),
      new Option('--key <FILE>', 'its key (PEM)'),
      new Option('--client-id <TEXT>', 'at the broker (default: one made up)'),
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
    number('--fps <COUNT>', 'pictures a second (default: 25)'),
    new Option('--stamp', 'writes the time of capture into each picture'),
    new Option('--deflicker', 'evens out brightness from picture to picture'),
    number('--width <PIXELS>', 'of the film (default: of the first picture)'),
    new Option('--from <TIME>', 'pictures from then on: 2026-11-24, 2026-11-24T18:00'),
    new Option('--to <TIME>', 'pictures up to then'),
    new Option('--overwrite', 'replaces a film that is there'),
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

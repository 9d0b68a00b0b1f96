import type { Logger } from '@framehub/frame';
import { type Config, warnOfReaders } from '@framehub/hub/config';
import type { ServeOptionValues } from './arguments/options.js';

/** What a password in an address is for. */
type Owner = 'camera' | 'mqtt';
/** How else a password can be given. */
export type Alternatives = Readonly<Record<Owner, string>>;

const ALTERNATIVES: Alternatives = {
  camera: '--camera-password-file FILE or FRAMEHUB_CAMERA_PASSWORD',
  mqtt: 'mqtt.passwordFile of a configuration file or FRAMEHUB_MQTT_PASSWORD',
};

/** Warns of passwords of cameras and of an MQTT server that everyone on this machine can read. Never shows one. */
export function warnOfOpenPasswords(
  options: Pick<ServeOptionValues, 'camera' | 'mqtt' | 'config' | 'file'>,
  { cameras, mqtt }: Pick<Config, 'cameras' | 'mqtt'>,
  logger: Logger,
): void {
  const onCommandLine = warnOfCommandLine(ALTERNATIVES, logger);
  const inAddress = {
    camera: Object.values(cameras).some(({ source }) => source.type === 'http' && hasPassword(source.url)),
    mqtt: mqtt?.url !== undefined && hasPassword(mqtt.url),
  };
  const isOption = { camera: options.camera !== undefined, mqtt: options.mqtt !== undefined };
  const owners = (['camera', 'mqtt'] as const).filter((owner) => inAddress[owner]);
  const { config, file } = options;
  if (config !== undefined && config !== '-' && owners.some((owner) => !isOption[owner])) warnOfReaders(config, logger);
  // An option that is not on the command line is in the option file.
  if (file !== undefined && owners.some((owner) => isOption[owner] && !onCommandLine.has(owner)))
    warnOfReaders(file, logger);
}

/**
 * Warns once of passwords on the command line.
 *
 * @returns what they are for
 */
export function warnOfCommandLine(
  alternatives: Alternatives,
  logger: Logger,
  words: readonly string[] = process.argv.slice(2),
): ReadonlySet<Owner> {
  const owners = new Set(words.flatMap(ownerOf));
  const ways = [...owners].map((owner) => alternatives[owner]).join(', ');
  if (owners.size > 0)
    logger.warn(
      {},
      `everyone on this machine can read the password on the command line in the list of processes: use ${ways} instead`,
    );
  return owners;
}

/** A word may be `--camera`, its value, or both with an equals sign between. */
function ownerOf(word: string): Owner[] {
  const [address, scheme = ''] = /\b(https?|mqtts?|wss?):\/\/.*$/is.exec(word) ?? [];
  if (address === undefined || !hasPassword(address)) return [];
  return [/^http/i.test(scheme) ? 'camera' : 'mqtt'];
}

function hasPassword(address: string): boolean {
  return URL.canParse(address) && new URL(address).password !== '';
}

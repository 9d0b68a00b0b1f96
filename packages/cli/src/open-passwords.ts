import type { Logger } from '@framehub/frame';
import type { Config } from '@framehub/hub/config';
import { warnOfReaders } from '@framehub/hub/config';
import type { ServeOptionValues } from './arguments/options.js';

/** Whose password stands in an address. */
type Owner = 'camera' | 'broker';
/** How a password can be given otherwise. */
export type Alternatives = Readonly<Record<Owner, string>>;

const SERVING: Alternatives = {
  camera: '--camera-password-file FILE or FRAMEHUB_CAMERA_PASSWORD',
  broker: 'mqtt.passwordFile of a configuration file or FRAMEHUB_MQTT_PASSWORD',
};

/** Says where everyone on this machine can read passwords of cameras and of a broker. Never shows one. */
export function warnOfOpenPasswords(
  options: Pick<ServeOptionValues, 'camera' | 'mqtt' | 'config' | 'file'>,
  { cameras, mqtt }: Pick<Config, 'cameras' | 'mqtt'>,
  logger: Logger,
): void {
  const spoken = warnOfCommandLine(SERVING, logger);
  const camera = Object.values(cameras).some(({ source }) => source.type === 'http' && hasPassword(source.url));
  const broker = mqtt?.url !== undefined && hasPassword(mqtt.url);
  const isOption = { camera: options.camera !== undefined, broker: options.mqtt !== undefined };
  const written = { camera, broker };
  const owners = (['camera', 'broker'] as const).filter((owner) => written[owner]);
  const { config, file } = options;
  if (config !== undefined && config !== '-' && owners.some((owner) => !isOption[owner])) warnOfReaders(config, logger);
  // An option that is not of the command line is of the file of options.
  if (file !== undefined && owners.some((owner) => isOption[owner] && !spoken.has(owner))) warnOfReaders(file, logger);
}

/**
 * Says so, once, when a password stands on the command line.
 * @returns whose passwords do
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
      `everyone on this machine can read the password on the command line in the list of processes: give it by ${ways} instead`,
    );
  return owners;
}

/** A word may be `--camera`, its value, or both with a sign of equality between. */
function ownerOf(word: string): Owner[] {
  const [address, scheme = ''] = /\b(https?|mqtts?|wss?):\/\/.*$/is.exec(word) ?? [];
  if (address === undefined || !hasPassword(address)) return [];
  return [/^http/i.test(scheme) ? 'camera' : 'broker'];
}

function hasPassword(address: string): boolean {
  return URL.canParse(address) && new URL(address).password !== '';
}

import { type MqttConfig, mqttDefaults, mqttPlanFields } from '@framehub/hub/config';
import { usageError } from '../errors.js';
import type { ServeOptionValues } from './options.js';

/** The section `mqtt` with what options say on top: another broker, another interval. All else stays as the file says. */
export function withMqttOptions(
  file: MqttConfig | undefined,
  { mqtt, mqttEvery }: Pick<ServeOptionValues, 'mqtt' | 'mqttEvery'>,
): MqttConfig | undefined {
  if (mqtt === undefined && mqttEvery === undefined) return file;
  if (mqtt === undefined && file === undefined)
    throw usageError('--mqtt-every needs a broker: --mqtt embedded, or --mqtt URL', { key: 'mqttEvery' });
  const { url, embedded, every, cron, ...rest } = file ?? mqttDefaults;
  const schedule: Pick<MqttConfig, 'every' | 'cron'> =
    mqttEvery === undefined ? { every, cron } : { every: mqttPlanFields.every.parse(mqttEvery) };
  if (mqtt === undefined) return { ...rest, ...schedule, url, embedded };
  return { ...rest, ...schedule, ...(mqtt === 'embedded' ? { embedded: embedded ?? true } : { url: mqtt }) };
}

import { codeOf, FramehubError, MqttFault } from '@framehub/frame';

/** CONNACK codes of MQTT 3.1.1 and of 5 that say: another version, please. */
const OTHER_VERSION: readonly unknown[] = [1, 132];
const WHO_ARE_YOU: readonly unknown[] = [4, 5, 134, 135, 138];
/** MQTT 5, section 3.14.2.1. */
export const TAKEN_OVER = 142;

/** The end of the library `ws`'s code for a frame that is too large. */
const FRAME_TOO_LARGE = 'ERR_UNSUPPORTED_MESSAGE_LENGTH';

/** True when the broker does not speak this version of MQTT. */
export function refusesVersion(error: unknown): boolean {
  return error instanceof FramehubError && OTHER_VERSION.includes(error.details.reason);
}

/** True for what waiting does not mend. */
export function needsAPerson(error: unknown): boolean {
  return ['MQTT_UNAUTHORIZED', 'MQTT_TAKEN_OVER', 'MQTT_TLS'].includes(codeOf(error) ?? '');
}

interface Where {
  readonly broker: string;
  readonly clientId: string;
}

/**
 * Why there is no connection, for people. Never holds the password, which brokers do not send back.
 * @param opened the broker had accepted it: what went wrong later is no matter of the address
 */
export function explain(error: unknown, { broker, clientId }: Where, opened = false): FramehubError {
  const reason = error instanceof Error && 'code' in error ? error.code : undefined;
  const text = error instanceof Error ? oneLine(error.message) : 'the connection was closed';
  const make = (code: string, message: string) =>
    new FramehubError(code, message, { broker, ...(reason !== undefined && { reason }) }, { cause: error });
  if (error instanceof MqttFault || String(reason).endsWith(FRAME_TOO_LARGE))
    return make('MQTT_BAD_PACKET', `the connection to ${broker} was ended: ${text}`);
  if (WHO_ARE_YOU.includes(reason))
    return make('MQTT_UNAUTHORIZED', `the broker ${broker} does not let us in: check user name and password (${text})`);
  if (reason === TAKEN_OVER)
    return make(
      'MQTT_TAKEN_OVER',
      `another program connects to ${broker} as '${clientId}': give each a client id of its own`,
    );
  if (opened) return make('MQTT_LOST', `the broker ${broker} closed the connection (${text})`);
  if (typeof reason === 'number') return make('MQTT_REFUSED', `the broker ${broker} refuses: ${text}`);
  if (isTls(reason, text)) return make('MQTT_TLS', `no safe connection to ${broker}: ${tlsFault(text)}`);
  if (typeof reason === 'string') return make('MQTT_UNREACHABLE', `the broker ${broker} is not reached: ${text}`);
  if (/timeout/i.test(text)) return make('MQTT_UNREACHABLE', `the broker ${broker} does not answer (${text})`);
  return make('MQTT_LOST', `the broker ${broker} closed the connection (${text})`);
}

/** OpenSSL's and Node's names for what is wrong with a certificate or a handshake. */
function isTls(reason: unknown, text: string): boolean {
  if (typeof reason !== 'string') return /TLS|SSL/.test(text);
  return /^ERR_(TLS|SSL|OSSL)|CERT|^UNABLE_TO_|SIGNATURE|^EPROTO$|^HOSTNAME_MISMATCH$/.test(reason);
}

/** OpenSSL's own lines are `…:SSL routines:FUNCTION:WHAT:FILE…`; an alert is what the other side says of us. */
function tlsFault(text: string): string {
  const [, what = text] = /:SSL routines:[^:]*:([^:]+)/.exec(text) ?? [];
  return /alert .*(certificate|unknown ca|handshake failure)/.test(what)
    ? `${what}; the broker wants a certificate of ours that it knows: give cert and key`
    : `${what}; give the broker's CA certificate, or check its name`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 200);
}

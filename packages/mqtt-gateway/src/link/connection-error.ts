import { codeOf, FramehubError, MqttFault } from '@framehub/frame';

/** CONNACK codes of MQTT 3.1.1 (table 3.1) and of 5 (table 3-1): unsupported protocol version. */
const WRONG_VERSION_CODES: readonly unknown[] = [1, 132];
/** Bad user name or password, not authorized, banned. */
const AUTH_FAILED_CODES: readonly unknown[] = [4, 5, 134, 135, 138];
/** MQTT 5, section 3.14.2.1. */
export const SESSION_TAKEN_OVER = 142;
/** End of the code that the library `ws` gives a frame that is too large. */
const FRAME_TOO_LARGE = 'ERR_UNSUPPORTED_MESSAGE_LENGTH';

/** Whether the server does not speak this version of MQTT. */
export function isWrongVersion(error: unknown): boolean {
  return error instanceof FramehubError && WRONG_VERSION_CODES.includes(error.details.reason);
}

/** Whether only a person can correct the fault. */
export function needsPerson(error: unknown): boolean {
  return ['MQTT_UNAUTHORIZED', 'MQTT_TAKEN_OVER', 'MQTT_TLS'].includes(codeOf(error) ?? '');
}

interface Where {
  readonly server: string;
  readonly clientId: string;
}

/**
 * Why there is no connection. Never holds the password, which servers do not send back.
 *
 * @param accepted the server had accepted the connection: a later fault is not about the address
 */
export function connectionError(error: unknown, { server, clientId }: Where, accepted = false): FramehubError {
  const reason = error instanceof Error && 'code' in error ? error.code : undefined;
  const text = error instanceof Error ? oneLine(error.message) : 'the connection was closed';
  const make = (code: string, message: string) =>
    new FramehubError(code, message, { server, ...(reason !== undefined && { reason }) }, { cause: error });
  if (error instanceof MqttFault || String(reason).endsWith(FRAME_TOO_LARGE))
    return make('MQTT_BAD_PACKET', `the connection to the MQTT server ${server} was ended: ${text}`);
  if (AUTH_FAILED_CODES.includes(reason))
    return make(
      'MQTT_UNAUTHORIZED',
      `authentication at the MQTT server ${server} failed: check user name and password (${text})`,
    );
  if (reason === SESSION_TAKEN_OVER)
    return make(
      'MQTT_TAKEN_OVER',
      `another program connects to ${server} as '${clientId}': give each program a client id of its own`,
    );
  if (accepted) return make('MQTT_LOST', `the MQTT server ${server} closed the connection (${text})`);
  if (typeof reason === 'number') return make('MQTT_REFUSED', `the MQTT server ${server} refuses: ${text}`);
  if (isTls(reason, text)) return make('MQTT_TLS', `no secure connection to ${server}: ${tlsFault(text)}`);
  if (typeof reason === 'string')
    return make('MQTT_UNREACHABLE', `the MQTT server ${server} cannot be reached: ${text}`);
  if (/timeout/i.test(text)) return make('MQTT_UNREACHABLE', `the MQTT server ${server} does not answer (${text})`);
  return make('MQTT_LOST', `the MQTT server ${server} closed the connection (${text})`);
}

/** Whether OpenSSL or Node reports a fault of a certificate or a handshake. */
function isTls(reason: unknown, text: string): boolean {
  if (typeof reason !== 'string') return /TLS|SSL/.test(text);
  return /^ERR_(TLS|SSL|OSSL)|CERT|^UNABLE_TO_|SIGNATURE|^EPROTO$|^HOSTNAME_MISMATCH$/.test(reason);
}

/** OpenSSL's lines are `…:SSL routines:FUNCTION:WHAT:FILE…`; an alert is sent by the other side. */
function tlsFault(text: string): string {
  const [, what = text] = /:SSL routines:[^:]*:([^:]+)/.exec(text) ?? [];
  return /alert .*(certificate|unknown ca|handshake failure)/.test(what)
    ? `${what}; the server requires a client certificate that it knows: give cert and key`
    : `${what}; give the server's CA certificate, or check its name`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 200);
}

import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { maskedAddress } from '@framehub/frame';
import { badOption, fileProblem, wrongOption } from '../errors.js';
import { readAddress } from './address.js';
import type { BrokerOptions } from './mqtt-link.js';

/** Which broker, and how to be let in. */
export interface BrokerChoice {
  /** Address: `mqtt://host`, `mqtts://host`, `ws://host/path`, `wss://host/path`; may hold `name:password@`. */
  readonly mqtt?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** File of the certificates that are trusted, in place of the usual ones (PEM). */
  readonly ca?: string | undefined;
  /** Files of our own certificate and its key (PEM), for brokers that ask for one. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** @default one made up for each run */
  readonly clientId?: string | undefined;
  /** Version of MQTT. @default 'auto': 5 where the broker has it, and 3.1.1 elsewhere */
  readonly mqttVersion?: 'auto' | '5' | '3.1.1' | undefined;
}

/** 4 is how 3.1.1 names itself on the wire. */
const VERSIONS: Readonly<Record<string, 4 | 5 | undefined>> = { auto: undefined, '5': 5, '3.1.1': 4 };
const PROTOCOLS = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

/** @throws `TIMELAPSE_INVALID_OPTION`; the message never holds a password */
export function readBroker(choice: BrokerChoice): BrokerOptions {
  const { mqtt = '', username, password, ca, cert, key, mqttVersion = 'auto' } = choice;
  const address = readAddress(mqtt, PROTOCOLS);
  // What was given may hold a password, and is not repeated.
  if (!address) throw wrongOption('mqtt', `mqtt needs an address that begins with ${PROTOCOLS.join('//, ')}//`);
  if (!Object.hasOwn(VERSIONS, mqttVersion)) throw badOption('mqtt version', mqttVersion, 'auto, 5, 3.1.1');
  const { url } = address;
  return {
    url: url.href,
    label: maskedAddress(url),
    clientId: choice.clientId ?? `framehub-timelapse-${randomBytes(4).toString('hex')}`,
    username: username ?? address.username,
    password: password ?? address.password,
    tls: readTls({ ca, cert, key }),
    protocolVersion: VERSIONS[mqttVersion],
  };
}

/** Reads and tries them: what TLS cannot use would be noticed only when a connection is made, and again each time. */
function readTls({ ca, cert, key }: Pick<BrokerChoice, 'ca' | 'cert' | 'key'>): BrokerOptions['tls'] {
  const tls = { ca: readPem('ca', ca), cert: readPem('cert', cert), key: readPem('key', key) };
  try {
    // Certificates of authorities that are none are not complained of by a context.
    if (tls.ca) new X509Certificate(tls.ca);
    createSecureContext(tls);
  } catch (error) {
    const files = [ca, cert, key].filter((path) => path !== undefined).join(', ');
    throw badOption('ca, cert or key', files, `what TLS can use, as PEM (${fileProblem(error)})`);
  }
  return tls;
}

function readPem(option: string, path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw badOption(option, path, `a file that can be read (${fileProblem(error)})`);
  }
}

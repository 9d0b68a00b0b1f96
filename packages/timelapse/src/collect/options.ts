import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type Logger, maskedAddress, parseDuration } from '@framehub/frame';
import { fileProblem, invalidOption, wrongOptions } from '../errors.js';
import type { MqttLinkOptions, MqttSourceOptions } from '../source.js';
import type { HttpSourceOptions } from '../sources/http-source.js';
import type { CollectProgress } from './progress.js';

/** Which MQTT server, and the credentials for it. */
export interface MqttServerOptions {
  /** Address: `mqtt://host`, `mqtts://host`, `ws://host/path` or `wss://host/path`; may hold `name:password@`. */
  readonly mqtt?: string | undefined;
  /** Of the MQTT server or the hub. @default the one in the address */
  readonly username?: string | undefined;
  /** Of the MQTT server or the hub; never logged. @default the one in the address */
  readonly password?: string | undefined;
  /** File of the trusted certificates (PEM). @default the system's certificates */
  readonly ca?: string | undefined;
  /** File of the client certificate (PEM), for MQTT servers that require one. */
  readonly cert?: string | undefined;
  /** File of the client certificate's key (PEM). */
  readonly key?: string | undefined;
  /** @default a new random one for each run */
  readonly clientId?: string | undefined;
  /** Version of MQTT. @default 'auto': 5 if the server supports it, else 3.1.1 */
  readonly mqttVersion?: 'auto' | '5' | '3.1.1' | undefined;
}

/**
 * What to collect, from where, into which folder. Give one of `mqtt` and `from`, and one of `every` and `onMessage`; with
 * `mqtt`, one of `camera` and `topic`.
 */
export interface CollectOptions extends MqttServerOptions {
  /** Folder of the snapshots. It is made if there is none, and continued if it has snapshots. */
  readonly out: string;
  /** Address of a hub: `http://host:8090`. An address with a path is requested unchanged, and must answer with a JPEG. */
  readonly from?: string | undefined;
  /** The camera's name in the hub. @default with `from`, the hub's first camera */
  readonly camera?: string | undefined;
  /** First word of the hub's MQTT topics. @default 'framehub' */
  readonly prefix?: string | undefined;
  /** MQTT topic of another program's plain JPEGs, instead of `camera`. */
  readonly topic?: string | undefined;
  /** Interval of snapshots: `500ms`, `10s`, `2m`, `1h`, or a number of milliseconds; 20 ms to 7 days. */
  readonly every?: string | number | undefined;
  /** How long to wait for a snapshot: as `every`. @default the interval, but 1 s at least and 30 s at most */
  readonly timeout?: string | number | undefined;
  /** Stores each snapshot that is published to the MQTT topic. @default false */
  readonly onMessage?: boolean | undefined;
  /** Number of snapshots to keep; the oldest are deleted. @default all */
  readonly keep?: number | undefined;
  /** @default a logger that discards everything */
  readonly logger?: Logger | undefined;
  /** Called at each change. */
  readonly onProgress?: ((progress: CollectProgress) => void) | undefined;
  /** Ends collecting: a snapshot that has arrived is stored, and the folder is unlocked. @default never */
  readonly signal?: AbortSignal | undefined;
}

/** What the options mean. */
export interface CollectPlan {
  readonly out: string;
  readonly keep: number;
  /** Milliseconds; undefined: whenever a snapshot is published. */
  readonly intervalMs: number | undefined;
  /** Milliseconds; Infinity without an interval. */
  readonly timeoutMs: number;
  readonly source: ({ readonly type: 'mqtt' } & MqttSourceOptions) | ({ readonly type: 'http' } & HttpSourceOptions);
}

const MIN_TIME_MS = 20;
const MAX_TIME_MS = 7 * 86_400_000;
const MIN_DEFAULT_TIMEOUT_MS = 1000;
const MAX_DEFAULT_TIMEOUT_MS = 30_000;
/** 4 is 3.1.1 on the wire. */
const MQTT_VERSIONS: Readonly<Record<string, 4 | 5 | undefined>> = { auto: undefined, '5': 5, '3.1.1': 4 };
const MQTT_PROTOCOLS = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

/** @throws `TIMELAPSE_INVALID_OPTION`: option, value and what is allowed; never a password */
export function readCollectOptions(options: CollectOptions): CollectPlan {
  const { out, mqtt, from, keep = Number.POSITIVE_INFINITY, every, onMessage = false } = options;
  if (out === '') throw invalidOption('out', 'a folder', out);
  if (keep !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(keep) || keep < 1))
    throw invalidOption('keep', 'a whole number from 1', keep);
  if ((mqtt === undefined) === (from === undefined))
    throw wrongOptions('mqtt', 'give one source: mqtt with an MQTT server, or from with a hub');
  if ((every === undefined) !== onMessage)
    throw wrongOptions('every', 'give one schedule: every with an interval such as 10s, or on-message');
  const intervalMs = every === undefined ? undefined : readTime('every', every);
  const timeoutMs = readTimeout(options, intervalMs);
  const source = from === undefined ? mqttSource(options) : httpSource(from, options);
  return { out, keep, intervalMs, timeoutMs, source };
}

function readTimeout({ timeout }: CollectOptions, intervalMs: number | undefined): number {
  const timeoutMs = timeout === undefined ? undefined : readTime('timeout', timeout);
  if (intervalMs === undefined) return Number.POSITIVE_INFINITY;
  return timeoutMs ?? Math.min(Math.max(intervalMs, MIN_DEFAULT_TIMEOUT_MS), MAX_DEFAULT_TIMEOUT_MS);
}

function readTime(option: string, time: string | number): number {
  const milliseconds = typeof time === 'number' ? time : parseDuration(time);
  if (milliseconds !== undefined && milliseconds >= MIN_TIME_MS && milliseconds <= MAX_TIME_MS) return milliseconds;
  throw invalidOption(option, 'a time from 20ms to 7d, such as 500ms, 10s, 2m or 1h', time);
}

function mqttSource(options: CollectOptions): CollectPlan['source'] {
  const { camera, prefix = 'framehub', topic, every } = options;
  if ((camera === undefined) === (topic === undefined))
    throw wrongOptions('camera', 'with mqtt, give camera for one of a hub, or topic for another program');
  const mode = every === undefined ? 'each' : 'newest';
  const server = readMqttServer(options);
  if (topic !== undefined) return { type: 'mqtt', server, mode, topic: readTopic('topic', topic) };
  const base = `${readTopic('prefix', prefix)}/${readCamera(camera ?? '')}`;
  const hub = { attributes: `${base}/attributes`, get: `${base}/snapshot/get`, errors: `${base}/snapshot/error` };
  return { type: 'mqtt', server, mode, topic: `${base}/snapshot`, hub };
}

function httpSource(
  from: string,
  { camera, topic, onMessage, username, password }: CollectOptions,
): CollectPlan['source'] {
  if (onMessage) throw wrongOptions('on-message', 'on-message needs mqtt: with from, give every');
  if (topic !== undefined) throw wrongOptions('topic', 'topic needs mqtt: from takes a whole address instead');
  const address = parseAddress(from, ['http:', 'https:']);
  // The value may hold a password, and is not repeated.
  if (!address) throw wrongOptions('from', 'from must be an address that begins with http:// or https://');
  const { url } = address;
  const isHub = url.pathname === '/' && url.search === '';
  if (!isHub && camera !== undefined)
    throw wrongOptions('camera', 'camera needs the address of a hub, without a path: from has one');
  if (isHub) url.pathname = camera === undefined ? '/snapshot' : `/snapshot/${readCamera(camera)}`;
  const name = username ?? address.username;
  const credentials = Buffer.from(`${name}:${password ?? address.password ?? ''}`).toString('base64');
  const authorization = name === undefined ? undefined : `Basic ${credentials}`;
  return { type: 'http', url, isHub, authorization };
}

function readCamera(camera: string): string {
  if (/^[\w-]+$/.test(camera)) return camera;
  throw invalidOption('camera', 'letters, digits, - and _', camera);
}

/** Sources: MQTT 5, 4.7.1 (wildcards), 4.7.3 (no null, not empty), 4.7.2 ($ is for the server). */
function readTopic(name: string, topic: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a null in a topic ends the connection
  if (topic !== '' && !/[#+\u0000]|^\$|^\/?$/.test(topic) && Buffer.byteLength(topic) < 60_000) return topic;
  throw invalidOption(name, 'an MQTT topic without # and +', topic);
}

function readMqttServer(options: MqttServerOptions): MqttLinkOptions {
  const { mqtt = '', username, password, mqttVersion = 'auto' } = options;
  const address = parseAddress(mqtt, MQTT_PROTOCOLS);
  // The value may hold a password, and is not repeated.
  if (!address) throw wrongOptions('mqtt', `mqtt must be an address that begins with ${MQTT_PROTOCOLS.join('//, ')}//`);
  if (!Object.hasOwn(MQTT_VERSIONS, mqttVersion)) throw invalidOption('mqttVersion', 'auto, 5 or 3.1.1', mqttVersion);
  const { url } = address;
  return {
    url: url.href,
    label: maskedAddress(url),
    clientId: options.clientId ?? `framehub-timelapse-${randomBytes(4).toString('hex')}`,
    username: username ?? address.username,
    password: password ?? address.password,
    tls: readTls(options),
    protocolVersion: MQTT_VERSIONS[mqttVersion],
  };
}

/** Reads the files and tries them: else TLS would refuse them at each connection. */
function readTls({ ca, cert, key }: MqttServerOptions): MqttLinkOptions['tls'] {
  const tls = { ca: readPem('ca', ca), cert: readPem('cert', cert), key: readPem('key', key) };
  try {
    // A context accepts invalid authorities without an error.
    if (tls.ca) new X509Certificate(tls.ca);
    createSecureContext(tls);
  } catch (error) {
    const files = [ca, cert, key].filter((path) => path !== undefined).join(', ');
    throw wrongOptions('ca', `ca, cert or key must be PEM that TLS accepts (${fileProblem(error)}): ${files}`);
  }
  return tls;
}

function readPem(option: string, path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw invalidOption(option, `a readable file (${fileProblem(error)})`, path);
  }
}

interface Address {
  /** Without name and password. */
  readonly url: URL;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

function parseAddress(text: string, protocols: readonly string[]): Address | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.host === '' || !protocols.includes(url.protocol)) return undefined;
  const { username, password } = url;
  [url.username, url.password, url.hash] = ['', '', ''];
  return { url, username: decode(username) || undefined, password: decode(password) || undefined };
}

/** A `%` without two hexadecimal digits is part of the password. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => Buffer.from(encoded.replaceAll('%', ''), 'hex').toString());
}

import { parseDuration } from '../duration.js';
import { badOption, wrongOption } from '../errors.js';
import { readAddress } from '../sources/address.js';
import { type BrokerChoice, readBroker } from '../sources/broker-options.js';
import type { HttpSourceOptions } from '../sources/http-source.js';
import type { MqttSourceOptions } from '../sources/mqtt-source.js';

/** What to collect, from where, into which folder. Exactly one of `mqtt` and `from`, and one of `every` and `onMessage`. */
export interface CollectOptions extends BrokerChoice {
  /** Folder of the pictures; made if need be, continued if there are some. */
  readonly out: string;
  /** Address of a hub: `http://host:8090`. With a path, any address that gives a picture, taken as it is. */
  readonly from?: string | undefined;
  /** The camera's name, as the hub knows it. @default over HTTP, the hub's first */
  readonly camera?: string | undefined;
  /** First word of a hub's topics. @default 'framehub' */
  readonly prefix?: string | undefined;
  /** Topic of another program's bare JPEGs, in place of `camera`. */
  readonly topic?: string | undefined;
  /** Time from one picture to the next: `10s`, `500ms`, `2m`, `1h`, or milliseconds. */
  readonly every?: string | number | undefined;
  /** How long a picture is waited for. @default an interval, but 1s at least and 30s at most */
  readonly patience?: string | number | undefined;
  /** Stores each picture that comes on the topic. */
  readonly onMessage?: boolean | undefined;
  /** Pictures to keep; the oldest go. @default all */
  readonly keep?: number | undefined;
}

/** What the options mean. */
export interface CollectPlan {
  readonly out: string;
  readonly keep: number;
  /** Milliseconds; undefined: whenever a picture comes. */
  readonly interval: number | undefined;
  /** Milliseconds. */
  readonly patience: number;
  readonly source: ({ readonly type: 'mqtt' } & MqttSourceOptions) | ({ readonly type: 'http' } & HttpSourceOptions);
}

const MIN_TIME_MS = 20;
const MAX_TIME_MS = 7 * 86_400_000;
const MIN_PATIENCE_MS = 1000;
const MAX_PATIENCE_MS = 30_000;

/** @throws `TIMELAPSE_INVALID_OPTION`: name, value and what is allowed; never a password */
export function readCollectOptions(options: CollectOptions): CollectPlan {
  const { out, mqtt, from, keep = Number.POSITIVE_INFINITY, every, onMessage = false } = options;
  if (out === '') throw badOption('out', out, 'a folder');
  if (keep !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(keep) || keep < 1))
    throw badOption('keep', keep, 'a whole number from 1');
  if ((mqtt === undefined) === (from === undefined))
    throw wrongOption('mqtt', 'where do the pictures come from? mqtt names a broker, from a hub: one of the two');
  if ((every === undefined) !== onMessage)
    throw wrongOption(
      'every',
      'when is a picture stored? every 10s, or on-message for each that comes: one of the two',
    );
  const interval = every === undefined ? undefined : readTime('every', every);
  const usual = Math.min(Math.max(interval ?? 0, MIN_PATIENCE_MS), MAX_PATIENCE_MS);
  const patience = options.patience === undefined ? usual : readTime('patience', options.patience);
  const source = from === undefined ? mqttSource(options) : httpSource(from, options);
  return { out, keep, interval, patience, source };
}

function readTime(option: string, time: string | number): number {
  const milliseconds = typeof time === 'number' ? time : parseDuration(time);
  if (milliseconds !== undefined && milliseconds >= MIN_TIME_MS && milliseconds <= MAX_TIME_MS) return milliseconds;
  throw badOption(option, time, 'a time from 20ms to 7d, such as 500ms, 10s, 2m or 1h');
}

function mqttSource(options: CollectOptions): CollectPlan['source'] {
  const { camera, prefix = 'framehub', topic, every } = options;
  if ((camera === undefined) === (topic === undefined))
    throw wrongOption('camera', 'which pictures? camera names one of a hub, topic any other program’s: one of the two');
  const wanted = every === undefined ? 'each' : 'newest';
  const broker = readBroker(options);
  if (topic !== undefined) return { type: 'mqtt', broker, wanted, topic: readTopic('topic', topic) };
  const base = `${readTopic('prefix', prefix)}/${readCamera(camera ?? '')}`;
  const hub = { attributes: `${base}/attributes`, get: `${base}/snapshot/get`, errors: `${base}/snapshot/error` };
  return { type: 'mqtt', broker, wanted, topic: `${base}/snapshot`, hub };
}

function httpSource(
  from: string,
  { camera, topic, onMessage, username, password }: CollectOptions,
): CollectPlan['source'] {
  if (onMessage) throw wrongOption('on-message', 'on-message is for mqtt: a hub is asked every 10s, or as you like');
  if (topic !== undefined) throw wrongOption('topic', 'topic is for mqtt: from takes a whole address instead');
  const address = readAddress(from, ['http:', 'https:']);
  // What was given may hold a password, and is not repeated.
  if (!address) throw wrongOption('from', 'from needs an address that begins with http:// or https://');
  const { url } = address;
  const isHub = url.pathname === '/' && url.search === '';
  if (!isHub && camera !== undefined)
    throw wrongOption('camera', 'from has a path already, /…, so there is no camera to be named');
  if (isHub) url.pathname = camera === undefined ? '/snapshot' : `/snapshot/${readCamera(camera)}`;
  const name = username ?? address.username;
  const secret = Buffer.from(`${name}:${password ?? address.password ?? ''}`).toString('base64');
  const authorization = name === undefined ? undefined : `Basic ${secret}`;
  return { type: 'http', url, isHub, authorization };
}

function readCamera(camera: string): string {
  if (/^[\w-]+$/.test(camera)) return camera;
  throw badOption('camera', camera, 'letters, digits, - and _');
}

/** Sources: MQTT 5, 4.7.1 (wildcards), 4.7.3 (no null, not empty), 4.7.2 ($ is the broker's own). */
function readTopic(name: string, topic: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a null in a topic ends the connection
  if (topic !== '' && !/[#+\u0000]|^\$|^\/?$/.test(topic) && Buffer.byteLength(topic) < 60_000) return topic;
  throw badOption(name, topic, 'a topic without # and +');
}

import { Allowance } from '@framehub/frame';
import type { Context } from '../context.js';
import type { Delivery } from '../link/connection.js';
import type { Topics } from '../topics.js';
import { discoveryTopic, objectId } from './discovery.js';

/** Bytes of an announcement of ours, at most; others' may be of any size. */
const MAX_BYTES = 65_536;

/** Announcements that are read: at once, and a second. */
const READ_BURST = 2000;
const READ_PER_SECOND = 10;
/** Cameras, and topics, that may be found to be left over: more are made up by somebody. */
const MAX_GONE = 256;
const MAX_DELETED = 500;
/** Lines in the log. */
const MAX_LINES = 20;
const CAMERA_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** What a broker remembers of cameras that left the configuration while framehub did not run, or of the node they had. */
export class Leftovers {
  readonly #gone = new Set<string>();
  readonly #toRead = new Allowance(READ_BURST, READ_PER_SECOND);
  #deleted = 0;

  constructor(
    private readonly context: Context,
    private readonly subscribe: (filter: string) => void,
  ) {}

  /** All announcements, also those of others. */
  get filter(): string {
    return discoveryTopic(this.context.settings.homeassistant.discoveryPrefix, '+');
  }

  /** Takes whatever is no command: announcements, and what is retained of a camera that is gone. */
  receive({ topic, payload, retained }: Delivery): void {
    if (!retained || payload.length === 0) return;
    const { discoveryPrefix } = this.context.settings.homeassistant;
    if (topic.startsWith(`${discoveryPrefix}/device/`)) this.#readAnnouncement(topic, payload);
    else if (this.#isGone(topic)) this.#delete(topic);
  }

  #readAnnouncement(topic: string, payload: Buffer): void {
    if (payload.length > MAX_BYTES || this.#deleted >= MAX_DELETED || !this.#toRead.take()) return;
    const { settings, topics } = this.context;
    const { nodeId, discoveryPrefix } = settings.homeassistant;
    // Another framehub's node may begin with our name: only its topics tell. No two have one prefix.
    const camera = announcedCamera(payload, topics);
    if (camera === undefined) return;
    const isOurs = topic === discoveryTopic(discoveryPrefix, objectId(nodeId, camera));
    if (isOurs && !this.#exists(camera) && this.#gone.size < MAX_GONE) {
      this.#log({ camera }, `${camera} is no camera any more: the broker is told to forget it`);
      this.#delete(topic);
      this.#gone.add(camera);
      this.subscribe(`${topics.of(camera).base}/#`);
    } else if (!isOurs && this.#exists(camera) && isOfAnyNode(topic, discoveryPrefix, camera)) {
      this.#log({ camera, topic }, `${camera} had another node id: the broker is told to forget that one`);
      this.#delete(topic);
    }
  }

  #log(data: object, text: string): void {
    if (this.#deleted < MAX_LINES) this.context.settings.logger.info(data, text);
  }

  #isGone(topic: string): boolean {
    const { prefix } = this.context.topics;
    const [camera = ''] = topic.slice(prefix.length + 1).split('/', 1);
    return topic.startsWith(`${prefix}/`) && this.#gone.has(camera) && !this.#exists(camera);
  }

  #exists(camera: string): boolean {
    return this.context.hub.cameras().some(({ name }) => name === camera);
  }

  #delete(topic: string): void {
    if (this.#deleted >= MAX_DELETED) return;
    this.#deleted += 1;
    this.context.outbox.put({ topic, payload: '', qos: 1, retain: true });
  }
}

function isOfAnyNode(topic: string, discoveryPrefix: string, camera: string): boolean {
  const [before = '', after = ''] = objectId(' ', camera).split(' ');
  return topic.startsWith(`${discoveryPrefix}/device/${before}`) && topic.endsWith(`${after}/config`);
}

/** The camera of ours that an announcement of framehub's is about, whatever its node; undefined for all others. */
function announcedCamera(payload: Buffer, topics: Topics): string | undefined {
  try {
    const { origin, components } = JSON.parse(payload.toString('utf8'));
    const { topic } = components.snapshot;
    const [camera] = topic.slice(topics.prefix.length + 1).split('/');
    const isOurs = origin.name === 'framehub' && topic === topics.of(camera).snapshot;
    return isOurs && CAMERA_NAME.test(camera) ? camera : undefined;
  } catch {
    // Whoever wrote it, it is not ours.
    return undefined;
  }
}

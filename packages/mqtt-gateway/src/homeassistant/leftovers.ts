import type { Context } from '../context.js';
import type { Delivery } from '../link/connection.js';
import { discoveryTopic, objectId } from './discovery.js';

/** Bytes of an announcement of ours, at most; others' may be of any size. */
const MAX_BYTES = 65_536;

/** Cameras that a broker remembers, though they left the configuration while framehub did not run. */
export class Leftovers {
  readonly #gone = new Set<string>();

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
    const { settings, topics } = this.context;
    const { nodeId, discoveryPrefix } = settings.homeassistant;
    const [before = '', after = ''] = discoveryTopic(discoveryPrefix, objectId(nodeId, '*')).split('*');
    if (!topic.startsWith(before) || !topic.endsWith(after)) return;
    const camera = topic.slice(before.length, -after.length);
    if (!camera || this.#exists(camera)) return;
    const { base, snapshot } = topics.of(camera);
    // Another framehub's node may begin with our name: only its topics tell.
    if (announcedTopic(payload) !== snapshot) return;
    settings.logger.info({ camera }, `${camera} is no camera any more: the broker is told to forget it`);
    this.#delete(topic);
    this.#gone.add(camera);
    this.subscribe(`${base}/#`);
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
    this.context.outbox.put({ topic, payload: '', qos: 1, retain: true });
  }
}

function announcedTopic(payload: Buffer): unknown {
  if (payload.length > MAX_BYTES) return undefined;
  try {
    return JSON.parse(payload.toString('utf8'))?.components?.snapshot?.topic;
  } catch {
    // Whoever wrote it, it is not ours.
    return undefined;
  }
}

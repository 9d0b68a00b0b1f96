import { Allowance } from '@framehub/frame';
import type { GatewayContext } from '../context.js';
import type { Delivery } from '../link/connection.js';
import { stateMessage } from '../message.js';
import type { Topics } from '../topics.js';
import { deviceId, discoveryTopic } from './discovery.js';

/** Bytes of an announcement of framehub at most; those of other programs may have any size. */
const MAX_ANNOUNCEMENT_BYTES = 65_536;
/** Announcements that are read: at once, and per second. */
const READ_BURST = 2000;
const READ_PER_SECOND = 10;
/** Cameras found to be removed, and topics deleted: with more of them, somebody makes them up. */
const MAX_REMOVED_CAMERAS = 256;
const MAX_DELETED_TOPICS = 500;
const MAX_LOG_LINES = 20;
const CAMERA_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Deletes what the MQTT server retains of cameras that were removed while framehub did not run, and of former node ids. */
export class StaleDiscovery {
  readonly #context: GatewayContext;
  readonly #subscribe: (filter: string) => void;
  readonly #removedCameras = new Set<string>();
  readonly #reads = new Allowance(READ_BURST, READ_PER_SECOND);
  #deletedTopics = 0;

  /** @param subscribe adds a filter to the present connection */
  constructor(context: GatewayContext, subscribe: (filter: string) => void) {
    this.#context = context;
    this.#subscribe = subscribe;
  }

  /** Matches all announcements, including those of other programs. */
  get filter(): string {
    return discoveryTopic(this.#context.settings.homeassistant.discoveryPrefix, '+');
  }

  /** Takes every message that is no command: announcements, and what is retained of a removed camera. */
  receive({ topic, payload, retained }: Delivery): void {
    if (!retained || payload.length === 0) return;
    const { discoveryPrefix } = this.#context.settings.homeassistant;
    if (topic.startsWith(`${discoveryPrefix}/device/`)) this.#readAnnouncement(topic, payload);
    else if (this.#isRemoved(topic)) this.#delete(topic);
  }

  #readAnnouncement(topic: string, payload: Buffer): void {
    if (payload.length > MAX_ANNOUNCEMENT_BYTES || this.#deletedTopics >= MAX_DELETED_TOPICS || !this.#reads.take())
      return;
    const { settings, topics } = this.#context;
    const { nodeId, discoveryPrefix } = settings.homeassistant;
    // The node id of another framehub may begin with ours: only the prefix is unique.
    const camera = announcedCamera(payload, topics);
    if (camera === undefined) return;
    const isOwnNode = topic === discoveryTopic(discoveryPrefix, deviceId(nodeId, camera));
    const exists = this.#exists(camera);
    if (isOwnNode && !exists && this.#removedCameras.size < MAX_REMOVED_CAMERAS) {
      this.#log({ camera }, `the camera ${camera} no longer exists: what the MQTT server retains of it is deleted`);
      this.#delete(topic);
      this.#removedCameras.add(camera);
      this.#subscribe(`${topics.of(camera).base}/#`);
    } else if (!isOwnNode && exists && isOfAnyNode(topic, discoveryPrefix, camera)) {
      this.#log({ camera, topic }, `${camera} was announced with another node id: that announcement is deleted`);
      this.#delete(topic);
    }
  }

  #log(data: object, text: string): void {
    if (this.#deletedTopics < MAX_LOG_LINES) this.#context.settings.logger.info(data, text);
  }

  #isRemoved(topic: string): boolean {
    const { prefix } = this.#context.topics;
    const [camera = ''] = topic.slice(prefix.length + 1).split('/', 1);
    return topic.startsWith(`${prefix}/`) && this.#removedCameras.has(camera) && !this.#exists(camera);
  }

  #exists(camera: string): boolean {
    return this.#context.hub.cameras().some(({ name }) => name === camera);
  }

  #delete(topic: string): void {
    if (this.#deletedTopics >= MAX_DELETED_TOPICS) return;
    this.#deletedTopics += 1;
    this.#context.outbox.put(stateMessage(topic, ''));
  }
}

function isOfAnyNode(topic: string, discoveryPrefix: string, camera: string): boolean {
  const [before = '', after = ''] = deviceId(' ', camera).split(' ');
  return topic.startsWith(`${discoveryPrefix}/device/${before}`) && topic.endsWith(`${after}/config`);
}

/** The camera that an announcement of this framehub is about, whatever its node id; undefined for any other announcement. */
function announcedCamera(payload: Buffer, topics: Topics): string | undefined {
  try {
    const { origin, components } = JSON.parse(payload.toString('utf8'));
    const { topic } = components.snapshot;
    const [camera] = topic.slice(topics.prefix.length + 1).split('/');
    const isOwn = origin.name === 'framehub' && topic === topics.of(camera).snapshot;
    return isOwn && CAMERA_NAME.test(camera) ? camera : undefined;
  } catch {
    // Another program's.
    return undefined;
  }
}

import type { Context } from '../context.js';
import { discoveryTopic, objectId } from './discovery.js';

/** Bytes of an announcement of ours, at most; others' may be of any size. */
const MAX_BYTES = 65_536;

/** Names of topics that a camera has for sure; deleting one that is not there costs nothing. */
const RETAINED = ['available', 'snapshot', 'attributes', 'stats', 'enabled/state', 'profile/state'];

/** Cameras that a broker remembers, though they left the configuration while framehub did not run. */
export class Leftovers {
  constructor(private readonly context: Context) {}

  /** All announcements, also those of others. */
  get filter(): string {
    return discoveryTopic(this.context.settings.homeassistant.discoveryPrefix, '+');
  }

  /** Takes a message of {@link filter} and deletes the camera that it announces, if that was ours and is no more. */
  sweep(topic: string, payload: Buffer): void {
    const { hub, outbox, settings, topics } = this.context;
    const { nodeId, discoveryPrefix } = settings.homeassistant;
    const id = topic.slice(`${discoveryPrefix}/device/`.length, -'/config'.length);
    const camera = id.slice(objectId(nodeId, '').length);
    if (!camera || id !== objectId(nodeId, camera)) return;
    if (hub.cameras().some(({ name }) => name === camera)) return;
    const names = topics.of(camera);
    // Another framehub's node may begin with our name: only its topics tell.
    if (announcedTopic(payload) !== names.snapshot) return;
    settings.logger.info({ camera }, `${camera} is no camera any more: the broker is told to forget it`);
    for (const name of [topic, ...RETAINED.map((rest) => `${names.base}/${rest}`)])
      outbox.put({ topic: name, payload: '', qos: 1, retain: true });
  }
}

function announcedTopic(payload: Buffer): unknown {
  if (payload.length === 0 || payload.length > MAX_BYTES) return undefined;
  try {
    return JSON.parse(payload.toString('utf8'))?.components?.snapshot?.topic;
  } catch {
    // Whoever wrote it, it is not ours.
    return undefined;
  }
}

import type { FrameBus } from '@framehub/broker';
import {
  FramehubError,
  type GatewayTraffic,
  type JpegFrame,
  jpegTopic,
  parseRendition,
  type Subscription,
} from '@framehub/frame';
import type { ClientQuota } from './client-quota.js';
import { Feed } from './feed.js';
import type { FrameWire } from './frame-wire.js';
import type { Subscribe } from './protocol/client-messages.js';

/** Milliseconds between two looks at subscriptions without credit, and looks until their pictures are no longer made. */
const LOOK_EVERY = 500;
const LOOKS = 4;

export interface FeedsContext {
  readonly broker: FrameBus<JpegFrame>;
  readonly traffic: GatewayTraffic;
  readonly maxSubscriptions: number;
  /** Subscriptions of all connections of a client. */
  readonly quota: ClientQuota;
  /** Key of the client. */
  readonly client: string;
}

/** A subscription of the connection. It is one at the broker only while pictures may be sent. */
interface Entry {
  readonly feed: Feed;
  readonly topic: string;
  readonly fps: number | undefined;
  readonly release: () => void;
  subscription: Subscription | undefined;
  /** Looks in a row that found no credit. */
  unpaid: number;
}

/** The subscriptions of one connection. They take turns at its wire: one camera's pictures never keep another's back. */
export class Feeds {
  readonly #context: FeedsContext;
  readonly #wire: FrameWire;
  readonly #entries = new Map<number, Entry>();
  /** Those with a frame to send, longest waiting first. */
  readonly #waiting = new Set<Feed>();
  #timer: NodeJS.Timeout | undefined;

  constructor(wire: FrameWire, context: FeedsContext) {
    this.#wire = wire;
    this.#context = context;
  }

  /** @throws FramehubError `WS_SUBSCRIPTION_EXISTS`, `WS_TOO_MANY_SUBSCRIPTIONS`, `RENDITION_INVALID`, `BROKER_…` */
  add({ id, camera, maxFps, credit, ...wish }: Subscribe): void {
    const { traffic, maxSubscriptions, quota, client } = this.#context;
    if (this.#entries.has(id))
      throw new FramehubError('WS_SUBSCRIPTION_EXISTS', `there is a subscription ${id} already: take another number`);
    if (this.#entries.size >= maxSubscriptions)
      throw new FramehubError(
        'WS_TOO_MANY_SUBSCRIPTIONS',
        `${maxSubscriptions} subscriptions are allowed on a connection: end one, or open another connection`,
      );
    const topic = jpegTopic(camera, parseRendition(asTexts(wish)));
    const release = quota.take(client);
    const feed = new Feed(id, camera, credit);
    const entry: Entry = { feed, topic, fps: maxFps, release, subscription: undefined, unpaid: 0 };
    this.#entries.set(id, entry);
    traffic.of(camera).viewers += 1;
    if (feed.isPaid) this.#follow(entry);
  }

  /** @throws FramehubError `BROKER_…` when the pictures cannot be made now: the subscription is over then */
  grant(id: number, count: number): void {
    const entry = this.#entries.get(id);
    // A credit may cross the end of its subscription on the way.
    if (!entry) return;
    entry.feed.grant(count);
    entry.unpaid = 0;
    if (!entry.subscription) this.#follow(entry);
    this.#schedule(entry.feed);
  }

  remove(id: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#waiting.delete(entry.feed);
    entry.subscription?.close();
    entry.release();
    this.#context.traffic.of(entry.feed.camera).viewers -= 1;
  }

  /** Ends the subscriptions of cameras that are gone. @returns them */
  prune(present: ReadonlySet<string>): readonly Feed[] {
    const gone = [...this.#entries.values()].map(({ feed }) => feed).filter(({ camera }) => !present.has(camera));
    for (const { id } of gone) this.remove(id);
    return gone;
  }

  close(): void {
    for (const id of [...this.#entries.keys()]) this.remove(id);
    this.#rest();
  }

  /** Sends as long as the wire takes. To be called when it is free again. */
  flush(): void {
    for (const feed of this.#waiting) {
      if (this.#wire.busy) return;
      this.#waiting.delete(feed);
      if (feed.ready) this.#send(feed);
    }
  }

  /** Has pictures made. Who comes while others watch need not wait for the next. */
  #follow(entry: Entry): void {
    const { broker, traffic, client } = this.#context;
    const { feed, topic, fps } = entry;
    const count = traffic.of(feed.camera);
    const show = (frame: JpegFrame): void => {
      if (feed.offer(frame)) count.skipped += 1;
      this.#schedule(feed);
    };
    try {
      entry.subscription = broker.subscribe(topic, show, { ...(fps !== undefined && { fps }), client });
    } catch (error) {
      this.remove(feed.id);
      throw error;
    }
    const newest = broker.latest(topic);
    if (newest && !feed.ready) show(newest);
  }

  #schedule(feed: Feed): void {
    if (!feed.ready) return;
    this.#waiting.add(feed);
    this.flush();
  }

  #send(feed: Feed): void {
    const { frame, dropped } = feed.take();
    const count = this.#context.traffic.of(feed.camera);
    count.count(frame, this.#wire.send(feed.id, frame, dropped));
    count.observeAge(frame);
    if (!feed.isPaid) this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY);
  }

  /** Lets go of pictures that nobody pays for. They are had again with the next credit, the newest first. */
  #look(): void {
    let isWatching = false;
    for (const entry of this.#entries.values()) {
      if (entry.feed.isPaid || !entry.subscription) continue;
      entry.unpaid += 1;
      if (entry.unpaid < LOOKS) isWatching = true;
      else this.#letGo(entry);
    }
    if (!isWatching) this.#rest();
  }

  #letGo(entry: Entry): void {
    entry.subscription?.close();
    entry.subscription = undefined;
    entry.unpaid = 0;
    if (entry.feed.forget()) this.#context.traffic.of(entry.feed.camera).skipped += 1;
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** A wish is read as if it stood in an address, so that both say the same of a wrong one. */
function asTexts(wish: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(wish).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

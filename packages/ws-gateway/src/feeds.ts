import type { Subscription, TopicReader } from '@framehub/broker';
import { FramehubError, type GatewayTraffic, type JpegFrame, jpegTopic, parseRendition } from '@framehub/frame';
import { Feed } from './feed.js';
import type { FrameWire } from './frame-wire.js';
import type { Subscribe } from './protocol/client-messages.js';

export interface FeedsContext {
  readonly broker: TopicReader<JpegFrame>;
  readonly traffic: GatewayTraffic;
  readonly maxSubscriptions: number;
}

interface Entry {
  readonly feed: Feed;
  readonly subscription: Subscription;
}

/** The subscriptions of one connection. They take turns at its wire: one camera's pictures never keep another's back. */
export class Feeds {
  readonly #context: FeedsContext;
  readonly #wire: FrameWire;
  readonly #entries = new Map<number, Entry>();
  /** Those with a frame to send, longest waiting first. */
  readonly #waiting = new Set<Feed>();

  constructor(wire: FrameWire, context: FeedsContext) {
    this.#wire = wire;
    this.#context = context;
  }

  /** @throws FramehubError `WS_SUBSCRIPTION_EXISTS`, `WS_TOO_MANY_SUBSCRIPTIONS`, `RENDITION_INVALID`, `BROKER_…` */
  add({ id, camera, maxFps, credit, ...wish }: Subscribe): void {
    const { broker, traffic, maxSubscriptions } = this.#context;
    if (this.#entries.has(id))
      throw new FramehubError('WS_SUBSCRIPTION_EXISTS', `there is a subscription ${id} already: take another number`);
    if (this.#entries.size >= maxSubscriptions)
      throw new FramehubError(
        'WS_TOO_MANY_SUBSCRIPTIONS',
        `${maxSubscriptions} subscriptions are allowed on a connection: end one, or open another connection`,
      );
    const topic = jpegTopic(camera, parseRendition(asTexts(wish)));
    const feed = new Feed(id, camera, credit);
    const count = traffic.of(camera);
    const show = (frame: JpegFrame): void => {
      if (feed.offer(frame)) count.skipped += 1;
      this.#schedule(feed);
    };
    const subscription = broker.subscribe(topic, show, maxFps === undefined ? {} : { fps: maxFps });
    this.#entries.set(id, { feed, subscription });
    count.viewers += 1;
    // Who comes while others watch need not wait for the next frame.
    const newest = broker.retained(topic);
    if (newest && !feed.ready) show(newest);
  }

  grant(id: number, count: number): void {
    const feed = this.#entries.get(id)?.feed;
    // A credit may cross the end of its subscription on the way.
    if (!feed) return;
    feed.grant(count);
    this.#schedule(feed);
  }

  remove(id: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#waiting.delete(entry.feed);
    entry.subscription.close();
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
  }

  /** Sends as long as the wire takes. To be called when it is free again. */
  flush(): void {
    for (const feed of this.#waiting) {
      if (this.#wire.busy) return;
      this.#waiting.delete(feed);
      if (feed.ready) this.#send(feed);
    }
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
  }
}

/** A wish is read as if it stood in an address, so that both say the same of a wrong one. */
function asTexts(wish: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(wish).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

import type { FrameBus } from '@framehub/broker';
import {
  FramehubError,
  type GatewayTraffic,
  type JpegFrame,
  jpegTopic,
  parseRendition,
  type Subscription,
} from '@framehub/frame';
import type { FrameWriter } from './frame-writer.js';
import type { SubscribeMessage } from './messages.js';
import { PendingFrame } from './pending-frame.js';

/** Milliseconds between two checks of subscriptions without credit. */
const CHECK_INTERVAL_MS = 500;
/** Checks in a row without credit after which no more frames are made for a subscription. */
const MAX_CHECKS_WITHOUT_CREDIT = 4;

/** Counts the subscriptions of each client over all of its connections, and limits them. */
export class SubscriptionQuota {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws FramehubError `WS_TOO_MANY_SUBSCRIPTIONS` */
  acquire(client: string): void {
    const count = this.#counts.get(client) ?? 0;
    if (count >= this.#limit)
      throw new FramehubError(
        'WS_TOO_MANY_SUBSCRIPTIONS',
        `a client may have ${this.#limit} subscriptions at a time: unsubscribe one first`,
      );
    this.#counts.set(client, count + 1);
  }

  /** To be called once for each `acquire`. */
  release(client: string): void {
    const count = (this.#counts.get(client) ?? 0) - 1;
    if (count > 0) this.#counts.set(client, count);
    else this.#counts.delete(client);
  }
}

export interface SubscriptionsContext {
  readonly broker: FrameBus<JpegFrame>;
  readonly traffic: GatewayTraffic;
  /** Of one connection. */
  readonly maxSubscriptions: number;
  readonly quota: SubscriptionQuota;
  /** Key of the client, for limits. */
  readonly client: string;
}

interface Entry {
  readonly pending: PendingFrame;
  readonly topic: string;
  readonly fps: number;
  /** At the broker; only while the client has credit. */
  frames: Subscription | undefined;
  checksWithoutCredit: number;
}

/** The subscriptions of one connection. They take turns at its socket, so that no camera delays another one's frames. */
export class Subscriptions {
  readonly #context: SubscriptionsContext;
  readonly #writer: FrameWriter;
  readonly #entries = new Map<number, Entry>();
  /** With a frame to send; the one that waits longest is first. */
  readonly #ready = new Set<PendingFrame>();
  #timer: NodeJS.Timeout | undefined;

  constructor(writer: FrameWriter, context: SubscriptionsContext) {
    this.#writer = writer;
    this.#context = context;
  }

  /** @throws FramehubError `WS_SUBSCRIPTION_EXISTS`, `WS_TOO_MANY_SUBSCRIPTIONS`, `RENDITION_INVALID`, `BROKER_…` */
  add({ id, camera, fps = Number.POSITIVE_INFINITY, credit, ...rendition }: SubscribeMessage): void {
    const { traffic, maxSubscriptions, quota, client } = this.#context;
    if (this.#entries.has(id))
      throw new FramehubError('WS_SUBSCRIPTION_EXISTS', `subscription ${id} exists already: choose another id`);
    if (this.#entries.size >= maxSubscriptions)
      throw new FramehubError(
        'WS_TOO_MANY_SUBSCRIPTIONS',
        `a connection may have ${maxSubscriptions} subscriptions: unsubscribe one, or open another connection`,
      );
    const topic = jpegTopic(camera, parseRendition(asTexts(rendition)));
    quota.acquire(client);
    const pending = new PendingFrame(id, camera, credit);
    const entry: Entry = { pending, topic, fps, frames: undefined, checksWithoutCredit: 0 };
    this.#entries.set(id, entry);
    traffic.of(camera).viewers += 1;
    if (pending.hasCredit) this.#start(entry);
  }

  /** @throws FramehubError `BROKER_…` when the frames cannot be made now; the subscription has ended then */
  addCredit(id: number, count: number): void {
    const entry = this.#entries.get(id);
    // A credit may have been on its way when its subscription ended.
    if (!entry) return;
    entry.pending.addCredit(count);
    entry.checksWithoutCredit = 0;
    if (!entry.frames) this.#start(entry);
    this.#schedule(entry.pending);
  }

  remove(id: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#ready.delete(entry.pending);
    entry.frames?.close();
    this.#context.quota.release(this.#context.client);
    this.#context.traffic.of(entry.pending.camera).viewers -= 1;
  }

  /** Ends the subscriptions of all cameras but these. @returns those that ended */
  keepOnly(cameras: ReadonlySet<string>): readonly { readonly id: number; readonly camera: string }[] {
    const ended = [...this.#entries.values()]
      .map(({ pending }) => pending)
      .filter(({ camera }) => !cameras.has(camera));
    for (const { id } of ended) this.remove(id);
    return ended;
  }

  close(): void {
    for (const id of [...this.#entries.keys()]) this.remove(id);
    this.#stopChecks();
  }

  /** Sends frames until the socket is busy. To be called when it has taken the last frame. */
  flush(): void {
    for (const pending of this.#ready) {
      if (this.#writer.busy) return;
      this.#ready.delete(pending);
      if (pending.ready) this.#send(pending);
    }
  }

  /** Subscribes at the broker. The latest frame of the topic is sent at once. */
  #start(entry: Entry): void {
    const { broker, traffic, client } = this.#context;
    const { pending, topic, fps } = entry;
    const counts = traffic.of(pending.camera);
    const offer = (frame: JpegFrame): void => {
      if (pending.offer(frame)) counts.skipped += 1;
      this.#schedule(pending);
    };
    try {
      entry.frames = broker.subscribe(topic, offer, { fps, client });
    } catch (error) {
      this.remove(pending.id);
      throw error;
    }
    const latest = broker.latest(topic);
    if (latest) offer(latest);
  }

  #schedule(pending: PendingFrame): void {
    if (!pending.ready) return;
    this.#ready.add(pending);
    this.flush();
  }

  #send(pending: PendingFrame): void {
    const { frame, dropped } = pending.take();
    const counts = this.#context.traffic.of(pending.camera);
    counts.count(frame, this.#writer.send(pending.id, frame, dropped));
    counts.observeAge(frame);
    if (!pending.hasCredit) this.#timer ??= setInterval(() => this.#checkCredit(), CHECK_INTERVAL_MS);
  }

  /** Ends the broker's subscription of a client that gives no credit, until its next credit. */
  #checkCredit(): void {
    let isWaiting = false;
    for (const entry of this.#entries.values()) {
      if (entry.pending.hasCredit || !entry.frames) continue;
      entry.checksWithoutCredit += 1;
      if (entry.checksWithoutCredit < MAX_CHECKS_WITHOUT_CREDIT) isWaiting = true;
      else this.#suspend(entry);
    }
    if (!isWaiting) this.#stopChecks();
  }

  #suspend(entry: Entry): void {
    entry.frames?.close();
    entry.frames = undefined;
    entry.checksWithoutCredit = 0;
    if (entry.pending.drop()) this.#context.traffic.of(entry.pending.camera).skipped += 1;
  }

  #stopChecks(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Values as in the query of an address, so that an invalid one gets the same error everywhere. */
function asTexts(rendition: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(rendition).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

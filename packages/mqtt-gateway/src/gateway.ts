import type { FrameBus } from '@framehub/broker';
import {
  type CameraView,
  codeOf,
  type Hub,
  type HubEvent,
  type JpegFrame,
  type Subscription,
  within,
} from '@framehub/frame';
import { CameraPublisher } from './camera/camera-publisher.js';
import { Commands } from './commands/commands.js';
import type { GatewayContext } from './context.js';
import { EmbeddedServer, type EmbeddedServerStats, MAX_OWNER_PACKET_BYTES } from './embedded/server.js';
import { discoveryOf, isOwnDiscovery } from './home-assistant/discovery.js';
import { StaleDiscovery } from './home-assistant/stale-discovery.js';
import type { Delivery } from './link/connection.js';
import { Link, type LinkStatus } from './link/link.js';
import { linkSettings } from './link/settings.js';
import { type Message, stateMessage } from './message.js';
import { type MqttGatewayOptions, type MqttGatewaySettings, readOptions } from './options.js';
import { Outbox, type OutboxStats } from './outbox.js';
import { RateLimitedLog } from './rate-limited-log.js';
import { Topics } from './topics.js';

/** A process that receives SIGTERM has two seconds to end. */
const CLOSE_TIMEOUT_MS = 1000;
/** Shortest time between two announcements of all cameras because Home Assistant has started. */
const ANNOUNCE_INTERVAL_MS = 5000;
/** What Home Assistant publishes when it has started. */
const BIRTH_PAYLOAD = Buffer.from('online');
/** Bytes of a packet beside the frame. */
const PACKET_OVERHEAD_BYTES = 1024;

/** What an {@link MqttGateway} has done since its start. */
export interface MqttGatewayStats {
  /** Undefined before the start. */
  readonly link: LinkStatus | undefined;
  readonly messages: OutboxStats;
  /** Commands executed, by kind: `snapshot`, `enabled`, `control`, `profile`, `frame`. */
  readonly commands: { readonly accepted: Readonly<Record<string, number>> };
  /** What was rejected or has failed, by reason. */
  readonly problems: Readonly<Record<string, number>>;
  readonly cameras: readonly {
    readonly name: string;
    /** Snapshots handed over to be sent. */
    readonly snapshots: number;
    /** Snapshots that were due and not taken, by reason: `busy`, `no-frame`, `missed`, `failed`. */
    readonly skipped: Readonly<Record<string, number>>;
    /** Live frames handed over to be sent. */
    readonly frames: number;
  }[];
  /** Undefined without an embedded server. */
  readonly embedded: EmbeddedServerStats | undefined;
}

/**
 * Publishes snapshots, live frames and state of a hub's cameras over MQTT, and executes commands that MQTT clients send.
 * Borrows the bus and the hub. No MQTT server or client can disturb the rest of the process.
 *
 * @example
 * await using gateway = new MqttGateway(broker, hub, { url: 'mqtt://localhost', camera: { every: 10_000 } });
 * await gateway.start();
 */
export class MqttGateway implements AsyncDisposable {
  readonly #settings: MqttGatewaySettings;
  readonly #topics: Topics;
  readonly #outbox: Outbox;
  readonly #problems: RateLimitedLog;
  readonly #context: GatewayContext;
  readonly #commands: Commands;
  readonly #staleDiscovery: StaleDiscovery;
  readonly #publishers = new Map<string, CameraPublisher>();
  #embedded: EmbeddedServer | undefined;
  #link: Link | undefined;
  #events: Subscription | undefined;
  #statsTimer: NodeJS.Timeout | undefined;
  #announcedAt = Number.NEGATIVE_INFINITY;
  #announceTimer: NodeJS.Timeout | undefined;

  /** @throws FramehubError `MQTT_INVALID_OPTION` */
  constructor(broker: FrameBus<JpegFrame>, hub: Hub, options: MqttGatewayOptions) {
    const settings = readOptions(options);
    // Checks the address before the start.
    if (settings.url !== undefined) linkSettings(settings, settings.url);
    this.#settings = settings;
    this.#topics = new Topics(settings.prefix);
    this.#problems = new RateLimitedLog(settings.logger);
    this.#outbox = new Outbox((message, error) => this.#onRefused(message, error));
    this.#context = {
      broker,
      hub,
      settings,
      topics: this.#topics,
      outbox: this.#outbox,
      problems: this.#problems,
      maxFrameBytes: () => (this.#link?.maxPacketBytes ?? Number.POSITIVE_INFINITY) - PACKET_OVERHEAD_BYTES,
    };
    this.#commands = new Commands(this.#context, (camera) => this.#publishers.get(camera));
    this.#staleDiscovery = new StaleDiscovery(this.#context, (filter) => this.#link?.subscribe(filter));
  }

  /**
   * Starts, without waiting for the MQTT server, which may come later. May be called again after it has failed.
   *
   * @param options.signal if it aborts before the embedded server listens, nothing is started
   * @throws FramehubError `MQTT_PORT_IN_USE`, `MQTT_PORT_FORBIDDEN` or `MQTT_ADDRESS_UNAVAILABLE` when the embedded server
   *   cannot listen: nothing has started then; the signal's reason
   */
  async start({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    signal?.throwIfAborted();
    const embedded = this.#settings.url === undefined ? await this.#startEmbedded(signal) : undefined;
    const url = this.#settings.url ?? embedded?.url ?? '';
    const local = embedded && { connect: () => embedded.connect(), maxPacketBytes: MAX_OWNER_PACKET_BYTES };
    this.#outbox.put(stateMessage(this.#topics.available, 'online'));
    this.#events = this.#context.hub.subscribe((event) => this.#handle(event));
    this.#syncCameras();
    this.#statsTimer = setInterval(() => this.#publishStats(), this.#settings.statsInterval);
    const { homeassistant, logger } = this.#settings;
    const filters = homeassistant.enabled ? [this.#birthTopic, this.#staleDiscovery.filter] : [];
    this.#link = new Link({
      settings: linkSettings(this.#settings, url, local),
      filters: [...this.#topics.commands, ...filters],
      logger,
      onConnect: (send) => this.#outbox.open(send),
      onDisconnect: () => this.#onDisconnect(),
      onMessage: (delivery) => this.#receive(delivery),
    });
    this.#link.start();
  }

  /**
   * Publishes `offline` and disconnects.
   *
   * @param options.timeoutMs time in which the MQTT server must take the last messages. @default 1000
   */
  async close({ timeoutMs = CLOSE_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#events?.close();
    clearInterval(this.#statsTimer);
    clearTimeout(this.#announceTimer);
    for (const publisher of this.#publishers.values()) {
      publisher.close({ removed: false });
      publisher.publishOffline();
    }
    this.#outbox.put(stateMessage(this.#topics.available, 'offline'));
    await within(this.#outbox.drained(), timeoutMs);
    await this.#link?.close();
    await this.#embedded?.close();
    this.#publishers.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  stats(): MqttGatewayStats {
    return {
      link: this.#link?.status,
      messages: this.#outbox.stats,
      commands: { accepted: this.#commands.accepted.toJSON() },
      problems: this.#problems.counts.toJSON(),
      cameras: [...this.#publishers.values()].map(({ camera, snapshots, live }) => ({
        name: camera.name,
        snapshots: snapshots.published,
        skipped: snapshots.skipped.toJSON(),
        frames: live?.published ?? 0,
      })),
      embedded: this.#embedded?.stats(),
    };
  }

  async #startEmbedded(signal: AbortSignal | undefined): Promise<EmbeddedServer> {
    const { embedded, clientId, logger } = this.#settings;
    const owner = { clientId, kindOf: (topic: string) => this.#kindOf(topic) };
    this.#embedded = new EmbeddedServer({ ...embedded, owner, logger });
    await this.#embedded.start({ signal });
    return this.#embedded;
  }

  /** Whether only this gateway publishes to a topic, or clients send it commands there. */
  #kindOf(topic: string): 'own' | 'command' | undefined {
    if (this.#topics.readCommand(topic)) return 'command';
    const { homeassistant } = this.#settings;
    const isOwn = this.#topics.contain(topic) || (homeassistant.enabled && isOwnDiscovery(homeassistant, topic));
    return isOwn ? 'own' : undefined;
  }

  #handle(event: HubEvent): void {
    if (event.type === 'cameras') this.#syncCameras();
    else this.#publishers.get(event.camera)?.handle(event);
  }

  #syncCameras(): void {
    const cameras = this.#context.hub.cameras();
    for (const [name, publisher] of this.#publishers) {
      if (cameras.includes(publisher.camera)) continue;
      publisher.close({ removed: !cameras.some((camera) => camera.name === name) });
      this.#publishers.delete(name);
    }
    for (const camera of cameras) if (!this.#publishers.has(camera.name)) this.#add(camera);
  }

  #add(camera: CameraView): void {
    const { cameras: plans, camera: defaultPlan } = this.#settings;
    const publisher = new CameraPublisher(this.#context, camera, plans[camera.name] ?? defaultPlan);
    this.#publishers.set(camera.name, publisher);
    publisher.start();
  }

  #receive(delivery: Delivery): void {
    const { topic, payload, retained } = delivery;
    const command = this.#topics.readCommand(topic);
    if (command) void this.#commands.handle(command, delivery);
    else if (topic !== this.#birthTopic) this.#staleDiscovery.receive(delivery);
    // A retained birth is old: everything was announced on connecting.
    else if (!retained && payload.equals(BIRTH_PAYLOAD)) this.#announceSoon();
  }

  #onRefused({ topic }: Message, error: unknown): void {
    const publisher = [...this.#publishers.values()].find(
      ({ camera }) => this.#topics.of(camera.name).snapshot === topic,
    );
    // A snapshot captured before the server's limit was known is replaced by one that fits.
    if (publisher && codeOf(error) === 'MQTT_TOO_LARGE') publisher.snapshots.replace();
    else this.#problems.warn('refused', { topic, err: error }, `the MQTT server refused a message for ${topic}`);
  }

  get #birthTopic(): string {
    return `${this.#settings.homeassistant.discoveryPrefix}/status`;
  }

  /** Announces all cameras now, or later if they have just been announced: any client can claim that Home Assistant started. */
  #announceSoon(): void {
    const pause = this.#announcedAt + ANNOUNCE_INTERVAL_MS - performance.now();
    if (pause <= 0) this.#announceAll();
    else this.#announceTimer ??= setTimeout(() => this.#announceAll(), pause);
  }

  #announceAll(): void {
    clearTimeout(this.#announceTimer);
    this.#announceTimer = undefined;
    this.#announcedAt = performance.now();
    for (const { camera } of this.#publishers.values()) this.#outbox.repeat(discoveryOf(this.#context, camera).topic);
  }

  #publishStats(): void {
    for (const publisher of this.#publishers.values()) publisher.publishStatus(publisher.camera.status());
  }

  #onDisconnect(): void {
    this.#outbox.shut();
    // Clients request live frames again.
    for (const { live } of this.#publishers.values()) live?.stop();
  }
}

import type { FrameBus } from '@framehub/broker';
import { type CameraView, codeOf, type Hub, type HubEvent, type JpegFrame, type Subscription } from '@framehub/frame';
import { Channel } from './camera/channel.js';
import { Commands } from './commands/commands.js';
import { Complaints } from './complaints.js';
import type { Context } from './context.js';
import { EmbeddedBroker, MAX_OWN_PACKET } from './embedded/broker.js';
import { discoveryOf, isOwnDiscovery } from './homeassistant/discovery.js';
import { Leftovers } from './homeassistant/leftovers.js';
import type { Delivery } from './link/connection.js';
import { Link } from './link/link.js';
import { linkSettings } from './link/link-settings.js';
import { type Message, stateMessage } from './message.js';
import { type MqttGatewayOptions, type MqttGatewaySettings, readOptions } from './options.js';
import { Outbox } from './outbox.js';
import type { MqttGatewayStats } from './stats.js';
import { Topics } from './topics.js';

/** Milliseconds that the last words may take: a process that is told to end has two seconds. */
const GOODBYE = 1000;
/** Milliseconds between two times that cameras are announced because Home Assistant says that it is there. */
const ANNOUNCE_PAUSE = 5000;
/** What Home Assistant says then. */
const BORN = Buffer.from('online');
/** Bytes of a packet that are no picture. */
const OVERHEAD = 1024;

/** Snapshots, state and commands over MQTT. Nothing that a broker or its clients do is noticed elsewhere in the process. */
export class MqttGateway {
  readonly #settings: MqttGatewaySettings;
  readonly #topics: Topics;
  readonly #outbox: Outbox;
  readonly #complaints: Complaints;
  readonly #context: Context;
  readonly #commands: Commands;
  readonly #leftovers: Leftovers;
  readonly #channels = new Map<string, Channel>();
  #embedded: EmbeddedBroker | undefined;
  #link: Link | undefined;
  #listening: Subscription | undefined;
  #beat: NodeJS.Timeout | undefined;
  #announcedAt = Number.NEGATIVE_INFINITY;
  #announcing: NodeJS.Timeout | undefined;

  /** @throws FramehubError `MQTT_INVALID_OPTION` */
  constructor(broker: FrameBus<JpegFrame>, hub: Hub, options: MqttGatewayOptions) {
    const settings = readOptions(options);
    // An address that is none is told at once.
    if (settings.url !== undefined) linkSettings(settings, settings.url);
    const complaints = new Complaints(settings.logger);
    this.#settings = settings;
    this.#topics = new Topics(settings.prefix);
    this.#complaints = complaints;
    this.#outbox = new Outbox((message, error) => this.#refused(message, error));
    this.#context = {
      broker,
      hub,
      settings,
      topics: this.#topics,
      outbox: this.#outbox,
      complaints,
      pictureLimit: () => (this.#link?.maximumPacket ?? Number.POSITIVE_INFINITY) - OVERHEAD,
    };
    this.#commands = new Commands(this.#context, (camera) => this.#channels.get(camera));
    this.#leftovers = new Leftovers(this.#context, (filter) => this.#link?.subscribe(filter));
  }

  /**
   * Begins, and does not wait for the broker: it may come later. May be called until it does not reject.
   * Rejects with `MQTT_PORT_IN_USE`, `MQTT_PORT_FORBIDDEN` or `MQTT_ADDRESS_UNAVAILABLE` where the embedded broker cannot
   * listen; nothing has begun then.
   */
  async start(): Promise<void> {
    const embedded = this.#settings.url === undefined ? await this.#startEmbedded() : undefined;
    const url = this.#settings.url ?? embedded?.url ?? '';
    const local = embedded && { connect: () => embedded.connect(), maxPacket: MAX_OWN_PACKET };
    this.#outbox.put(stateMessage(this.#topics.available, 'online'));
    this.#listening = this.#context.hub.subscribe((event) => this.#on(event));
    this.#syncCameras();
    this.#beat = setInterval(() => this.#tellAll(), this.#settings.statsEvery);
    const { homeassistant, logger } = this.#settings;
    const filters = homeassistant.enabled ? [this.#birthTopic, this.#leftovers.filter] : [];
    this.#link = new Link(
      linkSettings(this.#settings, url, local),
      [...this.#topics.commands, ...filters],
      {
        up: (send) => this.#outbox.open(send),
        down: () => this.#goOffline(),
        message: (delivery) => this.#receive(delivery),
      },
      logger,
    );
    this.#link.start();
  }

  /**
   * Says good-bye to the broker, and ends soon, also when that does not listen.
   * @param patience milliseconds that the last words may take
   */
  async close(patience = GOODBYE): Promise<void> {
    this.#listening?.close();
    clearInterval(this.#beat);
    clearTimeout(this.#announcing);
    for (const channel of this.#channels.values()) {
      channel.close({ gone: false });
      channel.sayOffline();
    }
    this.#outbox.put(stateMessage(this.#topics.available, 'offline'));
    await within(patience, this.#outbox.drained());
    await this.#link?.close();
    await this.#embedded?.close();
    this.#channels.clear();
  }

  stats(): MqttGatewayStats {
    return {
      link: this.#link?.status,
      messages: this.#outbox.stats,
      commands: { accepted: this.#commands.accepted.toJSON() },
      complaints: this.#complaints.counts.toJSON(),
      cameras: [...this.#channels.values()].map(({ camera, snapshots, live }) => ({
        name: camera.name,
        snapshots: snapshots.published,
        skipped: snapshots.skipped.toJSON(),
        frames: live?.published ?? 0,
      })),
      embedded: this.#embedded?.stats(),
    };
  }

  async #startEmbedded(): Promise<EmbeddedBroker> {
    const { embedded, clientId, homeassistant, logger } = this.#settings;
    const own = { clientId, kindOf: (topic: string) => kindOfTopic(topic, this.#topics, homeassistant) };
    this.#embedded = new EmbeddedBroker(embedded, logger, own);
    await this.#embedded.start();
    return this.#embedded;
  }

  #on(event: HubEvent): void {
    if (event.type === 'cameras') this.#syncCameras();
    else this.#channels.get(event.camera)?.on(event);
  }

  #syncCameras(): void {
    const cameras = this.#context.hub.cameras();
    for (const [name, channel] of this.#channels) {
      if (cameras.includes(channel.camera)) continue;
      channel.close({ gone: !cameras.some((camera) => camera.name === name) });
      this.#channels.delete(name);
    }
    for (const camera of cameras) if (!this.#channels.has(camera.name)) this.#open(camera);
  }

  #open(camera: CameraView): void {
    const { cameras, camera: others } = this.#settings;
    const channel = new Channel(this.#context, camera, cameras[camera.name] ?? others);
    this.#channels.set(camera.name, channel);
    channel.start();
  }

  #receive(delivery: Delivery): void {
    const { topic, payload, retained } = delivery;
    const command = this.#topics.readCommand(topic);
    if (command) void this.#commands.handle(command, delivery);
    else if (topic !== this.#birthTopic) this.#leftovers.receive(delivery);
    // A retained one is old: everything was said when we connected.
    else if (!retained && payload.equals(BORN)) this.#announceSoon();
  }

  /** A snapshot from before the broker was known may be too large for it: one that fits is taken then. */
  #refused({ topic }: Message, error: unknown): void {
    const tooLarge = codeOf(error) === 'MQTT_TOO_LARGE';
    const channel = [...this.#channels.values()].find(({ camera }) => this.#topics.of(camera.name).snapshot === topic);
    if (tooLarge && channel) channel.snapshots.retake();
    else this.#complaints.warn('refused', { topic, err: error }, `the broker did not take a message for ${topic}`);
  }

  get #birthTopic(): string {
    return `${this.#settings.homeassistant.discoveryPrefix}/status`;
  }

  /** At once, but not again and again: anybody may say that Home Assistant is there. */
  #announceSoon(): void {
    const pause = this.#announcedAt + ANNOUNCE_PAUSE - performance.now();
    if (pause <= 0) this.#announceAll();
    else this.#announcing ??= setTimeout(() => this.#announceAll(), pause);
  }

  #announceAll(): void {
    clearTimeout(this.#announcing);
    this.#announcing = undefined;
    this.#announcedAt = performance.now();
    for (const { camera } of this.#channels.values()) this.#outbox.repeat(discoveryOf(this.#context, camera).topic);
  }

  #tellAll(): void {
    for (const channel of this.#channels.values()) channel.tellStatus(channel.camera.status());
  }

  #goOffline(): void {
    this.#outbox.shut();
    for (const channel of this.#channels.values()) channel.offline();
  }
}

/** Whether a topic is written by us alone, or is how others command us. */
function kindOfTopic(
  topic: string,
  topics: Topics,
  homeassistant: MqttGatewaySettings['homeassistant'],
): 'own' | 'command' | undefined {
  if (topics.readCommand(topic)) return 'command';
  const isOwn = topics.contain(topic) || (homeassistant.enabled && isOwnDiscovery(homeassistant, topic));
  return isOwn ? 'own' : undefined;
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}

import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FrameBus, TopicInfo } from '@framehub/broker';
import {
  FrameHolders,
  FramehubError,
  GatewayTraffic,
  type Hub,
  type JpegFrame,
  parseJpegTopic,
  type Subscription,
} from '@framehub/frame';
import { refuseBadRequest } from './bad-request.js';
import { BoundedRequest, CountedResponse, KEPT_HEADERS } from './bounded-request.js';
import { Clients } from './clients.js';
import { shareConnections } from './connections.js';
import { metricsOnDemand } from './control/metrics-on-demand.js';
import { Router } from './control/router.js';
import { controlRoutes } from './control/routes.js';
import { Guard } from './credentials.js';
import { namesOf } from './find-camera.js';
import { front } from './front.js';
import { listen } from './listen.js';
import { type HttpGatewayOptions, type HttpGatewaySettings, readOptions } from './options.js';
import { MAX_SNAPSHOT_TIMEOUT } from './query.js';
import { reachableUrls } from './reachable.js';
import { Seats } from './seats.js';
import { Snapshots } from './snapshots.js';
import { loadLowWater } from './stream/low-water.js';
import { Streams } from './stream/streams.js';
import { type HttpGatewayStats, statsOf } from './traffic.js';
import { takeUpgrades } from './upgrades.js';

/** Milliseconds that answers other than streams get to end, at the close. */
const CLOSE_GRACE = 500;
/** Milliseconds after which the system asks a silent connection whether it is still there. */
const KEEP_ALIVE = 30_000;
/** Connections beyond those of viewers: pages, scrapers, and browsers that keep some open. */
const SPARE_CONNECTIONS = 500;

/** Pictures, the control API, metrics and the files of a page over HTTP. Borrows the broker and the hub. */
export class HttpGateway {
  readonly #broker: FrameBus<JpegFrame>;
  readonly #hub: Hub;
  readonly #settings: HttpGatewaySettings;
  readonly #traffic = new GatewayTraffic('http');
  #running: Promise<Running> | undefined;
  #closed: Promise<void> | undefined;
  #port: number;

  /** @throws FramehubError `HTTP_INVALID_OPTION` */
  constructor(broker: FrameBus<JpegFrame>, hub: Hub, options: HttpGatewayOptions = {}) {
    this.#broker = broker;
    this.#hub = hub;
    this.#settings = readOptions(options);
    this.#port = this.#settings.port;
  }

  /** The port it listens on; before the start, the one it was told. */
  get port(): number {
    return this.#port;
  }

  /**
   * Resolves once it listens. A second call changes nothing.
   *
   * @throws FramehubError `HTTP_PORT_IN_USE`, `HTTP_ADDRESS_UNAVAILABLE`, `HTTP_PORT_FORBIDDEN`, `HTTP_CLOSING` after `close`
   */
  async start(): Promise<void> {
    if (this.#closed) throw new FramehubError('HTTP_CLOSING', 'this gateway has been closed: make another');
    this.#running ??= this.#run();
    try {
      await this.#running;
    } catch (error) {
      // What was in the way may be gone the next time.
      this.#running = undefined;
      throw error;
    }
  }

  /** Addresses that a person can open, the one for this machine first. */
  urls(): string[] {
    return reachableUrls(this.#settings.host, this.#port);
  }

  /** A copy. */
  stats(): HttpGatewayStats {
    return statsOf(this.#traffic);
  }

  /** Ends all streams at once and resolves when every connection is gone, within a second. May be called at any time, and again. */
  close(): Promise<void> {
    this.#closed ??= this.#stop();
    return this.#closed;
  }

  async #run(): Promise<Running> {
    const { logger, maxViewers, maxHeldBytes, repeatAfter, stallTimeout, snapshotTimeout } = this.#settings;
    const { requestTimeout, credentials, cors, hosts, trustedProxies, assets, host, port } = this.#settings;
    const broker = this.#broker;
    const hub = this.#hub;
    const traffic = this.#traffic;
    const seats = new Seats(maxViewers, traffic);
    const lowWater = await loadLowWater(logger);
    const holders = new FrameHolders(maxHeldBytes);
    const streams = new Streams({ broker, seats, holders, traffic, lowWater, logger, repeatAfter, stallTimeout });
    const snapshots = new Snapshots({ broker, hub, seats, holders, traffic, snapshotTimeout });
    const house = {
      hub,
      traffic: [traffic, ...this.#settings.otherTraffic],
      viewersOf: (camera: string) => streams.viewersOf(camera),
      delivers: (camera: string) => broker.topics().some(isDelivering(camera)),
    };
    const router = new Router(controlRoutes({ ...house, assets, metrics: metricsOnDemand(house) }));
    const clients = new Clients(trustedProxies);
    const server = createServer({
      IncomingMessage: BoundedRequest,
      ServerResponse: CountedResponse,
      headersTimeout: requestTimeout,
      requestTimeout,
      connectionsCheckingInterval: Math.min(1000, requestTimeout),
      // Who has gone without a word, while nothing is sent to it, would keep its place.
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE,
    });
    server.maxHeadersCount = KEPT_HEADERS;
    shareConnections(server, maxViewers + SPARE_CONNECTIONS, clients, traffic);
    // Whoever does not take an answer is let go; a snapshot may have to be waited for before.
    server.setTimeout(stallTimeout + MAX_SNAPSHOT_TIMEOUT);
    const access = { guard: credentials && new Guard(credentials), cors, hosts };
    takeUpgrades(server, { ...access, handlers: this.#settings.upgrades, clients, lowWater, logger });
    const cameras = (): readonly string[] => namesOf(hub);
    server.on('request', front({ ...access, streams, snapshots, router, clients, logger, cameras }));
    server.on('clientError', (error, duplex) => {
      const socket = duplex as Socket;
      // Into a stream nothing else may be written.
      if (streams.carries(socket)) socket.destroy();
      else refuseBadRequest(error, socket);
    });
    this.#port = await listen(server, host, port);
    const listening = hub.subscribe(({ type }) => {
      if (type === 'cameras') for (const part of [streams, snapshots, traffic]) part.keepOnly(namesOf(hub));
    });
    return { server, streams, snapshots, listening };
  }

  async #stop(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    if (!running) return;
    const { server, streams, snapshots, listening } = running;
    listening.close();
    streams.close();
    snapshots.close();
    const gone = new Promise((resolve) => server.close(resolve));
    await Promise.all(this.#settings.upgrades.map((handler) => handler.close()));
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE);
    server.closeIdleConnections();
    await gone;
    clearTimeout(timer);
  }
}

interface Running {
  readonly server: Server;
  readonly streams: Streams;
  readonly snapshots: Snapshots;
  /** Ends the listening to the hub. */
  readonly listening: Subscription;
}

/** A topic that has not published yet says nothing: its source may be waking up. */
const isDelivering =
  (camera: string) =>
  ({ name, published }: TopicInfo): boolean =>
    published > 0 && parseJpegTopic(name)?.camera === camera;

import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FrameBus, TopicInfo } from '@framehub/broker';
import {
  FrameHolders,
  FramehubError,
  GatewayTraffic,
  type HistogramReading,
  type Hub,
  type JpegFrame,
  parseJpegTopic,
  type Subscription,
} from '@framehub/frame';
import { CredentialGuard } from './access.js';
import { BoundedRequest, CountedResponse, KEPT_HEADERS } from './bounded-request.js';
import { Clients, limitConnections, ViewerLimit } from './clients.js';
import { Router } from './control/router.js';
import { controlRoutes } from './control/routes.js';
import { listen, reachableUrls } from './listen.js';
import { type HttpGatewayOptions, type HttpGatewaySettings, readOptions } from './options.js';
import { refuseBadRequest } from './problem.js';
import { MAX_SNAPSHOT_TIMEOUT_MS } from './query.js';
import { requestHandler } from './request-handler.js';
import { Snapshots } from './snapshots.js';
import { Streams } from './stream/streams.js';
import { loadLimitUnsentBytes } from './stream/unsent-bytes.js';
import { namesOf } from './target.js';
import { handleUpgrades } from './upgrades.js';

/** Time for answers other than streams to end when the gateway closes. */
const CLOSE_TIMEOUT_MS = 500;
/** Time after which the system probes a silent connection. */
const KEEP_ALIVE_DELAY_MS = 30_000;
/** Connections beyond those of viewers: pages, scrapers, and those that browsers keep open. */
const SPARE_CONNECTIONS = 500;

/** What a gateway has served. */
export interface HttpGatewayStats {
  /** Streams open now. */
  readonly viewers: number;
  /** Viewers refused because of the limit. */
  readonly refused: number;
  /** Viewers closed because they read no more. */
  readonly stalled: number;
  /** By name of camera. */
  readonly cameras: Readonly<Record<string, CameraStats>>;
}

/** What a gateway has served of one camera. */
export interface CameraStats {
  /** Streams open now. */
  readonly viewers: number;
  /** Frames sent, without placeholders. */
  readonly framesSent: number;
  readonly bytesSent: number;
  /** Frames that viewers missed because they were too slow. */
  readonly skipped: number;
  /** Seconds from capture to the socket. */
  readonly ageSeconds: HistogramReading;
}

/** Options of {@link HttpGateway.start}. */
export interface StartOptions {
  /** Closes the gateway when it aborts, during the start and later. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Serves MJPEG streams, snapshots, the control API, metrics and the files of a page over HTTP.
 *
 * @example
 * await using gateway = new HttpGateway(hub.broker, hub, { port: 8090 });
 * await gateway.start();
 * console.log(gateway.urls().join('\n'));
 */
export class HttpGateway implements AsyncDisposable {
  readonly #broker: FrameBus<JpegFrame>;
  readonly #hub: Hub;
  readonly #settings: HttpGatewaySettings;
  readonly #traffic = new GatewayTraffic('http');
  #running: Promise<Running> | undefined;
  #closed: Promise<void> | undefined;
  #port: number;

  /**
   * @param broker where frames come from; borrowed
   * @param hub the cameras, their settings and their state; borrowed
   * @throws FramehubError `HTTP_INVALID_OPTION`
   */
  constructor(broker: FrameBus<JpegFrame>, hub: Hub, options: HttpGatewayOptions = {}) {
    this.#broker = broker;
    this.#hub = hub;
    this.#settings = readOptions(options);
    this.#port = this.#settings.port;
  }

  /** The port that it listens on; before the start, the one of the options. */
  get port(): number {
    return this.#port;
  }

  /**
   * Resolves once it listens. A second call changes nothing; after a failure it may be called again.
   *
   * @throws FramehubError `HTTP_PORT_IN_USE`, `HTTP_ADDRESS_UNAVAILABLE`, `HTTP_PORT_FORBIDDEN`, `HTTP_CLOSING` after
   *   `close`; and the signal's reason if it aborts before the gateway listens
   */
  async start({ signal }: StartOptions = {}): Promise<void> {
    if (this.#closed) throw new FramehubError('HTTP_CLOSING', 'this gateway has been closed: create another one');
    signal?.throwIfAborted();
    const abort = (): void => void this.close();
    signal?.addEventListener('abort', abort);
    this.#running ??= this.#run();
    try {
      const { server } = await this.#running;
      server.once('close', () => signal?.removeEventListener('abort', abort));
    } catch (error) {
      signal?.removeEventListener('abort', abort);
      // The cause may be gone the next time.
      this.#running = undefined;
      throw error;
    }
    signal?.throwIfAborted();
  }

  /** Addresses to open in a browser, the one for this machine first. */
  urls(): string[] {
    return reachableUrls(this.#settings.host, this.#port);
  }

  /** What has been served so far, as a copy. */
  stats(): HttpGatewayStats {
    const cameras = this.#traffic.cameras().map(([name, { viewers, framesSent, bytesSent, skipped, age }]) => {
      const stats: CameraStats = { viewers, framesSent, bytesSent, skipped, ageSeconds: age.read() };
      return [name, stats] as const;
    });
    const total = cameras.reduce((sum, [, stats]) => sum + stats.viewers, 0);
    const { limit = 0, stalled = 0 } = this.#traffic.clientsDropped.toJSON();
    return { viewers: total, refused: limit, stalled, cameras: Object.fromEntries(cameras) };
  }

  /** Ends all streams at once and resolves when every connection is closed, within a second. May be called at any time and more than once. */
  close(): Promise<void> {
    this.#closed ??= this.#stop();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<Running> {
    const { logger, maxViewers, maxHeldBytes, repeatAfter, stallTimeout, snapshotTimeout } = this.#settings;
    const { requestTimeout, credentials, cors, hosts, trustedProxies, assets, upgrades, host, port } = this.#settings;
    const broker = this.#broker;
    const hub = this.#hub;
    const traffic = this.#traffic;
    const viewerLimit = new ViewerLimit(maxViewers, traffic);
    const limitUnsentBytes = await loadLimitUnsentBytes(logger);
    const shared = { broker, viewerLimit, holders: new FrameHolders(maxHeldBytes), traffic };
    const streams = new Streams({ ...shared, limitUnsentBytes, logger, repeatAfter, stallTimeout });
    const snapshots = new Snapshots({ ...shared, hub, snapshotTimeout });
    const control = {
      hub,
      traffic: [traffic, ...this.#settings.otherTraffic],
      viewersOf: (camera: string) => streams.viewersOf(camera),
      delivers: (camera: string) => broker.topics().some(isDelivering(camera)),
    };
    const router = new Router(controlRoutes(control, assets));
    const clients = new Clients(trustedProxies);
    const server = createServer({
      IncomingMessage: BoundedRequest,
      ServerResponse: CountedResponse,
      headersTimeout: requestTimeout,
      requestTimeout,
      connectionsCheckingInterval: Math.min(1000, requestTimeout),
      // Otherwise a client that vanished while nothing is sent to it would keep its place.
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
    });
    server.maxHeadersCount = KEPT_HEADERS;
    limitConnections(server, maxViewers + SPARE_CONNECTIONS, clients, traffic);
    // Closes clients that do not read their answer, which may follow the longest wait for a snapshot.
    server.setTimeout(stallTimeout + MAX_SNAPSHOT_TIMEOUT_MS);
    const access = { guard: credentials && new CredentialGuard(credentials), cors, hosts };
    handleUpgrades(server, { ...access, handlers: upgrades, clients, limitUnsentBytes, logger });
    const cameras = (): readonly string[] => namesOf(hub);
    server.on('request', requestHandler({ ...access, streams, snapshots, router, clients, logger, cameras }));
    server.on('clientError', (error, duplex) => {
      const socket = duplex as Socket;
      // Nothing else can be written into a stream.
      if (streams.carries(socket)) socket.destroy();
      else refuseBadRequest(error, socket);
    });
    this.#port = await listen(server, host, port);
    const hubSubscription = hub.subscribe(({ type }) => {
      if (type === 'cameras') for (const part of [streams, snapshots, traffic]) part.keepOnly(namesOf(hub));
    });
    return { server, streams, snapshots, hubSubscription };
  }

  async #stop(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    if (!running) return;
    const { server, streams, snapshots, hubSubscription } = running;
    hubSubscription.close();
    streams.close();
    snapshots.close();
    const closed = new Promise((resolve) => server.close(resolve));
    await Promise.all(this.#settings.upgrades.map((handler) => handler.close()));
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
    server.closeIdleConnections();
    await closed;
    clearTimeout(timer);
  }
}

interface Running {
  readonly server: Server;
  readonly streams: Streams;
  readonly snapshots: Snapshots;
  readonly hubSubscription: Subscription;
}

/** Whether a topic delivers frames of a camera. One that has not published yet does not count: its source may be starting. */
const isDelivering =
  (camera: string) =>
  ({ name, published }: TopicInfo): boolean =>
    published > 0 && parseJpegTopic(name)?.camera === camera;

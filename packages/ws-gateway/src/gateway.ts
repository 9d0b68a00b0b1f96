import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FrameBus } from '@framehub/broker';
import {
  FairShare,
  FrameHolders,
  FramehubError,
  GatewayTraffic,
  type Hub,
  type JpegFrame,
  LoopTurns,
  publicError,
  shareKey,
} from '@framehub/frame';
import { type WebSocket, WebSocketServer } from 'ws';
import { assertSubprotocol, isWsAddress, readAddress, type WsAddress } from './address.js';
import { Broadcaster } from './broadcaster.js';
import { type CloseConnection, closePeer, GOING_AWAY, TRY_AGAIN_LATER } from './close.js';
import { Connection, findCamera } from './connection.js';
import { FrameWriter } from './frame-writer.js';
import { JpegConnection } from './jpeg-connection.js';
import { Keepalive } from './keepalive.js';
import { ReadBackpressure } from './message-writer.js';
import { SUBPROTOCOL } from './messages.js';
import { readOptions, type WsGatewayOptions, type WsGatewaySettings } from './options.js';
import { readInTurns } from './read-in-turns.js';
import { SubscriptionQuota } from './subscriptions.js';

/** Fragments of a client's message, at most. */
const MAX_FRAGMENTS = 256;

/** What the HTTP server found out about a client that it lets in. */
export interface Admission {
  /** Whether controls and settings may be changed over this connection. Pages of other origins usually may not. */
  readonly canControl: boolean;
  /** Key of the client, for limits. @default made from the socket's address */
  readonly client?: string;
}

/**
 * Serves frames over WebSockets, on the port of an HTTP server that hands its upgrade requests over.
 *
 * @example
 * const gateway = new WsGateway(broker, hub);
 * server.on('upgrade', (request, socket, head) => {
 *   if (gateway.handles(request.url)) gateway.accept(request, socket, head, { canControl: false });
 * });
 */
export class WsGateway implements AsyncDisposable {
  /** Counts of what was sent, by camera, and of clients that were refused or closed. */
  readonly traffic = new GatewayTraffic('ws');
  readonly #broker: FrameBus<JpegFrame>;
  readonly #hub: Hub;
  readonly #settings: WsGatewaySettings;
  readonly #server: WebSocketServer;
  readonly #keepalive: Keepalive;
  readonly #broadcaster: Broadcaster;
  readonly #share: FairShare;
  readonly #quota: SubscriptionQuota;
  readonly #holders: FrameHolders;
  readonly #turns = new LoopTurns();
  #closed = false;

  /**
   * @param broker borrowed; where frames come from
   * @param hub borrowed; whose cameras are served
   * @throws FramehubError `WS_INVALID_OPTION`
   */
  constructor(broker: FrameBus<JpegFrame>, hub: Hub, options: WsGatewayOptions = {}) {
    this.#broker = broker;
    this.#hub = hub;
    this.#settings = readOptions(options);
    const { maxConnections, maxSubscriptionsPerClient, maxHeldBytes, maxMessageBytes } = this.#settings;
    this.#share = new FairShare(maxConnections);
    this.#quota = new SubscriptionQuota(maxSubscriptionsPerClient);
    this.#holders = new FrameHolders(maxHeldBytes);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: maxMessageBytes,
      // A message of many small fragments takes many times its size in memory until it is complete.
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_FRAGMENTS,
      autoPong: false,
      // JPEGs do not get smaller, and each connection would need a third of a megabyte.
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    this.#keepalive = new Keepalive({ ...this.#settings, onStalled: () => this.#countStalled() });
    this.#broadcaster = new Broadcaster(hub, (camera) => this.#viewersOf(camera));
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#share.taken;
  }

  /** Whether a request with this target belongs to the gateway. */
  handles(url: string): boolean {
    return isWsAddress(url);
  }

  /**
   * Takes over the connection of an upgrade request.
   *
   * @param socket owned by the gateway once `accept` returns; nothing was sent to it when `accept` throws
   * @param head bytes that the client sent after its request
   * @throws FramehubError `WS_BAD_ADDRESS`, `WS_BAD_SUBPROTOCOL`, `CAMERA_UNKNOWN`, `WS_TOO_MANY_CONNECTIONS`,
   *   `WS_CLOSING`, `RENDITION_INVALID`
   */
  accept(req: IncomingMessage, socket: Socket, head: Buffer, admission: Admission): void {
    const address = readAddress(req.url ?? '/');
    assertSubprotocol(address, req.headers['sec-websocket-protocol']);
    if (this.#closed) throw new FramehubError('WS_CLOSING', 'framehub is stopping: try again later');
    if (address.camera !== undefined) findCamera(this.#hub, address.camera);
    const { canControl, client = shareKey(socket.remoteAddress) } = admission;
    let close: CloseConnection = () => socket.destroy();
    const leave = this.#enter(client, () => close(TRY_AGAIN_LATER, 'another client needs the connection'));
    socket.once('close', leave);
    this.#server.handleUpgrade(req, socket, Buffer.alloc(0), (peer) => {
      close = this.#open(peer, socket, address, { canControl, client });
      readInTurns(this.#turns, peer, socket, head);
    });
  }

  /** Closes all connections, within a second. May be called more than once. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#broadcaster.close();
    await this.#keepalive.close(GOING_AWAY, 'framehub is stopping');
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @returns to be called when the connection is closed */
  #enter(client: string, evict: () => void): () => void {
    const leave = this.#share.enter(client, () => {
      this.traffic.clientsDropped.add('displaced');
      evict();
    });
    if (leave) return leave;
    this.traffic.clientsDropped.add('limit');
    throw new FramehubError(
      'WS_TOO_MANY_CONNECTIONS',
      `${this.#share.limit} connections are open, which is the limit: close one, or try again later`,
    );
  }

  /** @returns closes the connection */
  #open(peer: WebSocket, socket: Socket, address: WsAddress, admission: Required<Admission>): CloseConnection {
    socket.setNoDelay(true);
    // ws closes the connection after an error.
    peer.on('error', () => {});
    let connection: Connection | JpegConnection | undefined;
    const writer = new FrameWriter(peer, socket, () => connection?.flush());
    const close: CloseConnection = (code, reason) => {
      connection?.close();
      closePeer(peer, code, reason);
    };
    connection = this.#connect(peer, writer, address, { ...admission, close });
    if (!connection) return close;
    this.#keepalive.add(peer, socket, close);
    if (connection instanceof Connection) this.#broadcaster.add(connection);
    const release = this.#holders.add({
      client: admission.client,
      held: () => writer.heldFrame,
      drop: () => {
        this.traffic.clientsDropped.add('memory');
        socket.destroy();
      },
    });
    // A client that sends no more is gone; ws would wait until it has read the rest of a frame.
    socket.once('end', () => close(GOING_AWAY, 'the client ended the connection'));
    socket.once('close', () => {
      release();
      connection.close();
      if (connection instanceof Connection) this.#broadcaster.remove(connection);
    });
    return close;
  }

  /** @returns undefined when the broker refuses the frames; the connection is closed then */
  #connect(
    peer: WebSocket,
    writer: FrameWriter,
    { camera, ...address }: WsAddress,
    { canControl, client, close }: Required<Admission> & { readonly close: CloseConnection },
  ): Connection | JpegConnection | undefined {
    const backpressure = new ReadBackpressure(peer, writer);
    const { traffic } = this;
    const shared = { hub: this.#hub, broker: this.#broker, client, close };
    if (camera === undefined)
      return new Connection(peer, writer, {
        ...this.#settings,
        ...shared,
        traffic,
        quota: this.#quota,
        backpressure,
        canControl,
        cameras: () => this.#broadcaster.cameras(),
        onStalled: () => this.#countStalled(),
      });
    try {
      return new JpegConnection(writer, { ...shared, traffic: traffic.of(camera) }, { ...address, camera });
    } catch (error) {
      close(TRY_AGAIN_LATER, publicError(error, 'WS_INTERNAL').message);
      return undefined;
    }
  }

  #countStalled(): void {
    this.traffic.clientsDropped.add('stalled');
  }

  #viewersOf(camera: string): number {
    return this.traffic.of(camera).viewers + this.#settings.otherViewers(camera);
  }
}

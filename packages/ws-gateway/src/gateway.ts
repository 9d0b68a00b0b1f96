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
import { assertSubprotocol, isOurs, readAddress, type WsAddress } from './address.js';
import { Announcements } from './announcements.js';
import { Backpressure } from './backpressure.js';
import { BareConnection } from './bare-connection.js';
import { ClientQuota } from './client-quota.js';
import { Connection } from './connection.js';
import { type Farewell, farewell, GOING_AWAY, TRY_AGAIN_LATER } from './farewell.js';
import { FrameWire } from './frame-wire.js';
import { Heart } from './heart.js';
import { readOptions, type WsGatewayOptions, type WsGatewaySettings } from './options.js';
import { SUBPROTOCOL } from './protocol/server-messages.js';
import { readInTurns } from './read-in-turns.js';
import { cameraOf } from './requests.js';

/** Pieces that a client's message may come in. */
const MAX_PIECES = 256;

/** Who comes in, as the HTTP server found out. */
export interface Admission {
  /** Whether settings may be changed over this connection: foreign pages may look only, unless they are listed. */
  readonly mayChange: boolean;
  /** Key of the client, under which it shares with others. @default of the socket's address */
  readonly client?: string;
}

/** Frames over WebSockets, on the port of an HTTP server, which hands its upgrade requests over. Borrows broker and hub. */
export class WsGateway {
  readonly #broker: FrameBus<JpegFrame>;
  readonly #hub: Hub;
  readonly #settings: WsGatewaySettings;
  /** What went out, by camera. */
  readonly traffic = new GatewayTraffic('ws');
  readonly #server: WebSocketServer;
  readonly #heart: Heart;
  readonly #announcements: Announcements;
  readonly #share: FairShare;
  readonly #quota: ClientQuota;
  readonly #holders: FrameHolders;
  readonly #turns = new LoopTurns();
  #closed = false;

  /** @throws FramehubError `WS_INVALID_OPTION` */
  constructor(broker: FrameBus<JpegFrame>, hub: Hub, options: WsGatewayOptions = {}) {
    this.#broker = broker;
    this.#hub = hub;
    this.#settings = readOptions(options);
    const { maxConnections, maxSubscriptionsPerClient, maxHeldBytes, maxMessage, pingEvery, stuckAfter } =
      this.#settings;
    this.#share = new FairShare(maxConnections);
    this.#quota = new ClientQuota(maxSubscriptionsPerClient);
    this.#holders = new FrameHolders(maxHeldBytes);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: maxMessage,
      // A message of many small pieces takes many times its size until it is whole.
      maxFragments: MAX_PIECES,
      maxBufferedChunks: MAX_PIECES,
      autoPong: false,
      // JPEGs do not get smaller, and every connection would need a third of a megabyte.
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    this.#heart = new Heart({ pingEvery, stuckAfter, stalled: () => this.#stalled() });
    this.#announcements = new Announcements(hub, (camera) => this.#viewersOf(camera));
  }

  /** Whether a request with this target belongs here. */
  handles(url: string): boolean {
    return isOurs(url);
  }

  /**
   * Takes the connection of an upgrade request.
   *
   * @throws FramehubError while nothing is sent yet: `WS_BAD_ADDRESS`, `WS_BAD_SUBPROTOCOL`, `CAMERA_UNKNOWN`,
   *   `WS_TOO_MANY_CONNECTIONS`, `WS_CLOSING`, `RENDITION_INVALID`
   */
  accept(req: IncomingMessage, socket: Socket, head: Buffer, admission: Admission): void {
    const address = readAddress(req.url ?? '/');
    assertSubprotocol(address, req.headers['sec-websocket-protocol']);
    if (this.#closed) throw new FramehubError('WS_CLOSING', 'framehub is stopping: try again later');
    if (address.camera !== undefined) cameraOf(this.#hub, address.camera);
    const { mayChange, client = shareKey(socket.remoteAddress) } = admission;
    let end: Farewell = () => socket.destroy();
    socket.once(
      'close',
      this.#takePlace(client, () => end(TRY_AGAIN_LATER, 'the place is needed for another address')),
    );
    this.#server.handleUpgrade(req, socket, Buffer.alloc(0), (peer) => {
      end = this.#begin(peer, socket, address, { mayChange, client });
      readInTurns(this.#turns, peer, socket, head);
    });
  }

  /** Connections open now. */
  get connections(): number {
    return this.#share.taken;
  }

  /** Ends all connections, within a second. May be called again. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#announcements.close();
    await this.#heart.close(GOING_AWAY, 'framehub is stopping');
  }

  #takePlace(client: string, evict: () => void): () => void {
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

  /** @returns what ends the connection */
  #begin(peer: WebSocket, socket: Socket, address: WsAddress, admission: Required<Admission>): Farewell {
    socket.setNoDelay(true);
    // ws closes the connection by itself after it.
    peer.on('error', () => {});
    let part: Connection | BareConnection | undefined;
    const wire = new FrameWire(peer, socket, () => part?.flush());
    const end: Farewell = (code, reason) => {
      part?.close();
      farewell(peer, code, reason);
    };
    part = this.#partFor(peer, wire, address, admission, end);
    if (!part) return end;
    this.#heart.add(peer, socket, end);
    if (part instanceof Connection) this.#announcements.enter(part);
    const letGo = this.#holders.add({
      client: admission.client,
      held: () => wire.held,
      drop: () => {
        this.traffic.clientsDropped.add('memory');
        socket.destroy();
      },
    });
    // Who sends no more is gone, however much of a picture it has not taken: ws would wait for that.
    socket.once('end', () => end(GOING_AWAY, 'the other side has ended'));
    socket.once('close', () => {
      letGo();
      part.close();
      if (part instanceof Connection) this.#announcements.leave(part);
    });
    return end;
  }

  #partFor(
    peer: WebSocket,
    wire: FrameWire,
    { camera, ...wish }: WsAddress,
    { mayChange, client }: Required<Admission>,
    end: Farewell,
  ) {
    const broker = this.#broker;
    const hub = this.#hub;
    const { traffic } = this;
    const { maxSubscriptions, maxMessage } = this.#settings;
    const backpressure = new Backpressure(peer, wire);
    if (camera === undefined) {
      const context = {
        broker,
        traffic,
        maxSubscriptions,
        maxMessage,
        quota: this.#quota,
        client,
        hub,
        end,
        reports: () => this.#announcements.reports(),
        stalled: () => this.#stalled(),
        expelled: () => traffic.clientsDropped.add('expelled'),
        faulted: (error: unknown) => this.#settings.logger.error({ err: error }, 'a WebSocket client met a fault'),
      };
      return new Connection(peer, wire, backpressure, context, mayChange);
    }
    try {
      return new BareConnection(wire, { hub, broker, traffic: traffic.of(camera), client, end }, { ...wish, camera });
    } catch (error) {
      end(TRY_AGAIN_LATER, publicError(error, 'WS_INTERNAL').message);
      return undefined;
    }
  }

  #stalled(): void {
    this.traffic.clientsDropped.add('stalled');
  }

  #viewersOf(camera: string): number {
    return this.traffic.of(camera).viewers + this.#settings.viewersElsewhere(camera);
  }
}

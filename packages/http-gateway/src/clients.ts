import type { IncomingMessage, Server } from 'node:http';
import { isIP } from 'node:net';
import { addressRanges, FairShare, FramehubError, type GatewayTraffic, shareKey } from '@framehub/frame';

/** Identifies clients, for limits that are shared between them: by the connection, or by what a trusted proxy reports. */
export class Clients {
  /** Whether an address is that of a trusted proxy, whose connections belong to many clients. */
  readonly isProxy: (address: string | undefined) => boolean;

  /** @param trustedProxies addresses and networks */
  constructor(trustedProxies: readonly string[]) {
    this.isProxy = addressRanges(trustedProxies);
  }

  /**
   * The key of a request's client. Behind trusted proxies it is the last address in `X-Forwarded-For` that is not theirs:
   * what stands before it, a client may have written. If that one is malformed, the proxy is the client.
   */
  keyOf({ headers, socket }: IncomingMessage): string {
    const { remoteAddress } = socket;
    if (!this.isProxy(remoteAddress)) return shareKey(remoteAddress);
    // Node joins headers of this name.
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    const client = forwarded.map((text) => text.trim()).findLast((text) => !this.isProxy(text));
    return shareKey(client !== undefined && isIP(client) !== 0 ? client : remoteAddress);
  }
}

/** Connections that the system may hand over at once, before those that are refused have gone. */
const CONNECTION_BACKLOG = 1024;

/**
 * Shares connections between addresses, whatever is sent over them: an address that opens many and sends nothing locks out
 * no other. Connections of trusted proxies belong to many clients and are not shared; the hard limit includes them.
 *
 * @param limit connections, shared between addresses
 */
export function limitConnections(server: Server, limit: number, clients: Clients, traffic: GatewayTraffic): void {
  const share = new FairShare(limit);
  server.maxConnections = 2 * limit + CONNECTION_BACKLOG;
  server.on('connection', (socket) => {
    const { remoteAddress } = socket;
    if (clients.isProxy(remoteAddress)) return;
    const drop = (): void => {
      traffic.clientsDropped.add('connections');
      socket.destroy();
    };
    const leave = share.enter(shareKey(remoteAddress), drop);
    if (leave) socket.once('close', leave);
    else drop();
  });
}

/** Limits the streams, and the snapshots under way, and shares them between clients. */
export class ViewerLimit {
  readonly #share: FairShare;
  readonly #traffic: GatewayTraffic;

  constructor(limit: number, traffic: GatewayTraffic) {
    this.#share = new FairShare(limit);
    this.#traffic = traffic;
  }

  /**
   * Admits a viewer.
   *
   * @param client key of the client
   * @param evict called when another client gets its place
   * @returns releases the place; may be called more than once
   * @throws FramehubError `HTTP_TOO_MANY_VIEWERS`
   */
  enter(client: string, evict: () => void): () => void {
    const leave = this.#share.enter(client, () => {
      this.#traffic.clientsDropped.add('displaced');
      evict();
    });
    if (leave) return leave;
    this.#traffic.clientsDropped.add('limit');
    throw this.error();
  }

  /** The error for a client that got no place, or lost it to another one. */
  error(): FramehubError {
    const { limit } = this.#share;
    const message = `${limit} viewers are connected, which is the limit: try again later`;
    return new FramehubError('HTTP_TOO_MANY_VIEWERS', message, { limit });
  }
}

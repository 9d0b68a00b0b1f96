import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { addressRanges, shareKey } from '@framehub/frame';

/** Who asks, where something is shared between clients: told by the connection, or by a proxy that is trusted to tell. */
export class Clients {
  /** Whether an address is a trusted proxy's, whose connections are those of many clients. */
  readonly isProxy: (address: string | undefined) => boolean;

  /** @param trustedProxies addresses and networks */
  constructor(trustedProxies: readonly string[]) {
    this.isProxy = addressRanges(trustedProxies);
  }

  /**
   * The key under which a request's client shares. Behind trusted proxies it is the last address in `X-Forwarded-For` that
   * is not theirs: what stands before it, a client may have written. A header that is malformed there counts as the proxy.
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

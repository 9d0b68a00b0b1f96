import type { Subscription } from '@framehub/frame/async';
import { connect, type FramehubClient } from '../client.js';
import { socketAddress } from '../connection.js';

/** A share of a connection to a hub. All users on a page share one connection; closing the last share closes it. */
export interface SharedClient extends Subscription {
  /** Borrowed: not to be closed. */
  readonly client: FramehubClient;
  /** Failed connection attempts in a row. */
  readonly failures: number;
}

interface Entry {
  readonly client: FramehubClient;
  users: number;
  failures: number;
}

const entries = new Map<string, Entry>();

/**
 * Opens a connection to a hub, or shares the one that the page has.
 *
 * @param server an address of the hub, of its HTTP server or its WebSocket
 */
export function shareClient(server: string | URL): SharedClient {
  const address = socketAddress(server);
  const entry = entries.get(address) ?? open(address);
  entry.users += 1;
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    entry.users -= 1;
    if (entry.users > 0) return;
    entries.delete(address);
    entry.client.close();
  };
  return {
    client: entry.client,
    get failures() {
      return entry.failures;
    },
    close,
    [Symbol.dispose]: close,
  };
}

function open(address: string): Entry {
  const entry = { client: connect(address), users: 0, failures: 0 };
  entry.client.on('up', () => {
    entry.failures = 0;
  });
  entry.client.on('down', () => {
    entry.failures += 1;
  });
  entries.set(address, entry);
  return entry;
}

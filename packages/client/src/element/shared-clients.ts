import { socketAddress } from '../address.js';
import { connect, type FramehubClient } from '../client.js';

/** A connection to a hub, which everybody on the page shares who borrows it. */
export interface BorrowedClient {
  readonly client: FramehubClient;
  /** Failures in a row, without a word from the server. */
  readonly failures: number;
  /** Once. The last one closes the connection. */
  giveBack(): void;
}

interface Shared {
  readonly client: FramehubClient;
  users: number;
  failures: number;
}

const shared = new Map<string, Shared>();

/** @param server an address of the hub, of its HTTP server or its WebSocket */
export function borrowClient(server: string | URL): BorrowedClient {
  const address = socketAddress(server);
  const entry = shared.get(address) ?? open(address);
  entry.users += 1;
  return {
    client: entry.client,
    get failures() {
      return entry.failures;
    },
    giveBack() {
      entry.users -= 1;
      if (entry.users > 0) return;
      shared.delete(address);
      entry.client.close();
    },
  };
}

function open(address: string): Shared {
  const entry = { client: connect(address), users: 0, failures: 0 };
  entry.client.on('up', () => {
    entry.failures = 0;
  });
  entry.client.on('down', () => {
    entry.failures += 1;
  });
  shared.set(address, entry);
  return entry;
}

import { socketAddress } from '../address.js';
import { connect, type FramehubClient } from '../client.js';

interface Shared {
  readonly client: FramehubClient;
  users: number;
}

const clients = new Map<string, Shared>();

/** A connection to a hub, which all elements of the page share. To be given back by {@link returnClient}. */
export function borrowClient(server: string | URL): FramehubClient {
  const address = socketAddress(server);
  let shared = clients.get(address);
  if (!shared) {
    shared = { client: connect(address), users: 0 };
    clients.set(address, shared);
  }
  shared.users += 1;
  return shared.client;
}

export function returnClient(client: FramehubClient): void {
  const shared = clients.get(client.url);
  if (!shared) return;
  shared.users -= 1;
  if (shared.users > 0) return;
  clients.delete(client.url);
  client.close();
}

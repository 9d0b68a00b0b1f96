import type { Server } from 'node:http';
import { FairShare, type GatewayTraffic, shareKey } from '@framehub/frame';
import type { Clients } from './clients.js';

/** Connections that the system may hand over at once, before those that are refused have gone. */
const BACKLOG = 1024;

/**
 * Shares connections between addresses, whatever is sent over them: one that opens many, and says nothing, keeps nobody
 * out. A trusted proxy's are those of many clients; the hard limit holds for them as well.
 */
export function shareConnections(server: Server, limit: number, clients: Clients, traffic: GatewayTraffic): void {
  const share = new FairShare(limit);
  server.maxConnections = 2 * limit + BACKLOG;
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

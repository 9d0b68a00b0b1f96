import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { recordOf } from '@framehub/frame';
import { type FakeCamera, FakeHub } from '@framehub/testing';
import type { ExecutionContext } from 'ava';
import { WsGateway } from './gateway.js';
import type { WsGatewayOptions } from './options.js';

/** Header by which a client of a test says as whom it counts. */
export const CLIENT = 'x-client';

export interface Served {
  readonly hub: FakeHub;
  /** The first camera. */
  readonly garage: FakeCamera;
  readonly gateway: WsGateway;
  /** Server's ends of the connections, in order. */
  readonly sockets: readonly Socket[];
  readonly url: string;
}

/** Cameras `garage` and `printer`, or those named, on a free port of this machine, until the test ends. */
export async function serve(
  t: ExecutionContext,
  { names = ['garage', 'printer'], canControl = true, ...options }: WsGatewayOptions & ServeOptions = {},
): Promise<Served> {
  const hub = new FakeHub(...names);
  const gateway = new WsGateway(hub.broker, hub, options);
  const server = createServer();
  const sockets: Socket[] = [];
  server.on('upgrade', (req, duplex, head) => {
    sockets.push(duplex as Socket);
    try {
      const { [CLIENT]: client } = req.headers;
      gateway.accept(req, duplex as Socket, head, {
        canControl,
        ...(client !== undefined && { client: String(client) }),
      });
    } catch (error) {
      duplex.end(`HTTP/1.1 400 Refused\r\nConnection: close\r\n\r\n${JSON.stringify(recordOf(error))}`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    await gateway.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const [garage] = hub.cameras() as [FakeCamera];
  return { hub, garage, gateway, sockets, url: `ws://127.0.0.1:${port}` };
}

interface ServeOptions {
  readonly names?: readonly string[];
  readonly canControl?: boolean;
}

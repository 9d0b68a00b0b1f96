import { type FakeCamera, FakeHub } from '@framehub/testing';
import type { ExecutionContext } from 'ava';
import { HttpGateway } from './gateway.js';
import type { HttpGatewayOptions } from './options.js';

export interface Served {
  readonly hub: FakeHub;
  readonly garage: FakeCamera;
  readonly gateway: HttpGateway;
  readonly port: number;
  readonly url: string;
}

/** Two cameras, `garage` and `printer`, on a free port of this machine, until the test ends. */
export async function serve(t: ExecutionContext, options: HttpGatewayOptions = {}): Promise<Served> {
  const hub = new FakeHub('garage', 'printer');
  const gateway = new HttpGateway(hub.broker, hub, { host: '127.0.0.1', port: 0, ...options });
  await gateway.start();
  t.teardown(() => gateway.close());
  const { port } = gateway;
  return { hub, garage: hub.camera('garage'), gateway, port, url: `http://127.0.0.1:${port}` };
}

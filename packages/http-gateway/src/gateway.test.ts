import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { FakeHub } from '@framehub/testing';
import test from 'ava';
import { serve } from './gateway.fixture.js';
import { HttpGateway } from './gateway.js';
import type { HttpGatewayOptions } from './options.js';

const gatewayWith = (options: HttpGatewayOptions) => {
  const hub = new FakeHub('garage');
  return new HttpGateway(hub.broker, hub, options);
};
const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

test('a port in use is reported in one line that says what to do, and start can be called again', async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const { port } = other.address() as { port: number };
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    await t.throwsAsync(gatewayWith({ host, port }).start(), {
      code: 'HTTP_PORT_IN_USE',
      message: `port ${port} is in use by another program: stop it, or choose another port`,
    });
  }
  const gateway = gatewayWith({ host: '127.0.0.1', port });
  await t.throwsAsync(gateway.start());
  await new Promise((resolve) => other.close(resolve));
  await gateway.start();
  t.is(gateway.port, port);
  await gateway.close();
});

test('an address that this machine does not have is reported', async (t) => {
  for (const host of ['192.0.2.1', 'no-such-host.invalid']) {
    await t.throwsAsync(gatewayWith({ host, port: 0 }).start(), { code: 'HTTP_ADDRESS_UNAVAILABLE' });
  }
});

test('0.0.0.0 includes localhost, IPv4, and IPv6 where the machine has it', async (t) => {
  const gateway = gatewayWith({ port: 0 });
  await gateway.start();
  t.teardown(() => gateway.close());
  t.is((await fetch(`http://127.0.0.1:${gateway.port}/healthz`)).status, 200);
  if (hasIPv6) t.is((await fetch(`http://[::1]:${gateway.port}/healthz`)).status, 200);
  else t.log('no IPv6 here: not tried');
  const [first, ...others] = gateway.urls();
  t.is(first, `http://localhost:${gateway.port}/`);
  t.true(others.length > 0);
  t.true(gateway.urls().every((url) => URL.canParse(url)));
});

test('urls() of one address is that address', async (t) => {
  t.deepEqual(gatewayWith({ host: '192.0.2.7', port: 8090 }).urls(), ['http://192.0.2.7:8090/']);
  t.deepEqual(gatewayWith({ host: '2001:db8::7', port: 80 }).urls(), ['http://[2001:db8::7]:80/']);
});

test('start and close can be called again, and a closed gateway stays closed', async (t) => {
  const { gateway, url } = await serve(t);
  await gateway.start();
  await Promise.all([gateway.close(), gateway.close()]);
  await t.throwsAsync(fetch(`${url}/healthz`));
  await t.throwsAsync(gateway.start(), { code: 'HTTP_CLOSING' });
  await t.notThrowsAsync(gatewayWith({}).close());
});

test('a gateway that is closed while it starts leaves no port open', async (t) => {
  const gateway = gatewayWith({ host: '127.0.0.1', port: 0 });
  const started = gateway.start();
  await gateway.close();
  await started;
  await t.throwsAsync(fetch(`http://127.0.0.1:${gateway.port}/healthz`));
});

const BAD_OPTIONS: readonly (readonly [key: string, options: object])[] = [
  ['port', { port: 99_999 }],
  ['host', { host: '' }],
  ['maxViewers', { maxViewers: 0 }],
  ['credentials', { credentials: [] }],
  ['credentials.0.name', { credentials: [{ name: 'a:b', password: 'secret' }] }],
  ['credentials.0.password', { credentials: [{ name: 'ada', password: '' }] }],
  ['cors.0', { cors: ['not an origin'] }],
  ['hosts.0', { hosts: ['camera.example.com:8090'] }],
  ['hosts.1', { hosts: ['camera.example.com', '*'] }],
  ['snapshotTimeout', { snapshotTimeout: 0 }],
  ['repeatAfter', { repeatAfter: -1 }],
  ['stallTimeout', { stallTimeout: 1.5 }],
  ['requestTimeout', { requestTimeout: 0 }],
];

for (const [key, options] of BAD_OPTIONS) {
  test(`an invalid ${key} is refused by name`, (t) => {
    const error = t.throws(() => gatewayWith(options));
    t.like(error, { code: 'HTTP_INVALID_OPTION', details: { key } });
    t.notRegex(error?.message ?? '', /secret|\n/);
  });
}

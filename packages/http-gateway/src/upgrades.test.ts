import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { serve } from './gateway.fixture.js';
import type { HttpGatewayOptions } from './options.js';
import type { UpgradeHandler } from './upgrades.js';

/** Speaks a protocol of one line: whether the other end may change anything. */
class Parrot implements UpgradeHandler {
  readonly sockets = new Set<Socket>();

  handles(url: string): boolean {
    return url.startsWith('/parrot');
  }

  accept(_req: IncomingMessage, socket: Socket, _head: Buffer, { canControl }: { canControl: boolean }): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Can-Control: ${canControl}\r\n\r\n`,
    );
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
  }
}

const credentials = [{ name: 'ann', password: 'secret' }];
const ANN = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

interface Outcome {
  readonly status: number | undefined;
  readonly canControl: string | undefined;
  readonly code: string | undefined;
}

async function upgrade(
  t: ExecutionContext,
  options: HttpGatewayOptions,
  headers: Record<string, string> = {},
  path = '/parrot',
): Promise<Outcome> {
  const { port } = await serve(t, { upgrades: [new Parrot()], ...options });
  const asked = request({
    port,
    host: '127.0.0.1',
    path,
    headers: { Connection: 'Upgrade', Upgrade: 'websocket', ...headers },
  });
  asked.end();
  const response = await answerTo(t, asked);
  const status = response.statusCode;
  if (status === 101) return { status, canControl: String(response.headers['x-can-control']), code: undefined };
  const body = JSON.parse((await response.toArray()).join(''));
  return { status, canControl: undefined, code: body.error.code };
}

function answerTo(t: ExecutionContext, asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.on('upgrade', (response, socket) => {
      t.teardown(() => socket.destroy());
      resolve(response);
    });
    asked.on('response', resolve);
    asked.on('error', reject);
  });
}

for (const [who, headers, options, outcome] of [
  ['a program', {}, {}, 'true'],
  ['our own page', { Origin: 'http://pi:8090', Host: 'pi:8090' }, {}, 'true'],
  ['a foreign page', { Origin: 'http://dashboard:3000' }, {}, 'false'],
  ['a foreign page that is listed', { Origin: 'http://dashboard:3000' }, { cors: ['http://dashboard:3000'] }, 'true'],
  ['a page under a foreign name', { Origin: 'http://evil.example', Host: 'evil.example' }, {}, 'false'],
  ['who knows a password', { Authorization: ANN }, { credentials }, 'true'],
  [
    'a listed page with a password',
    { Origin: 'https://d.example', Authorization: ANN },
    { credentials, cors: ['https://d.example'] },
    'true',
  ],
] as const) {
  test(`${who} is admitted, and may${outcome === 'true' ? '' : ' not'} change settings`, async (t) => {
    t.deepEqual(await upgrade(t, options, headers), { status: 101, canControl: outcome, code: undefined });
  });
}

for (const [who, headers, options, status, code] of [
  [
    'a foreign page, where none is allowed',
    { Origin: 'http://dashboard' },
    { cors: false },
    403,
    'HTTP_ORIGIN_NOT_ALLOWED',
  ],
  [
    'a page that is not listed',
    { Origin: 'http://other' },
    { cors: ['http://dashboard'] },
    403,
    'HTTP_ORIGIN_NOT_ALLOWED',
  ],
  ['who knows no password', {}, { credentials }, 401, 'HTTP_UNAUTHORIZED'],
  [
    'a foreign page whose browser knows a password',
    { Origin: 'http://other', Authorization: ANN },
    { credentials },
    403,
    'HTTP_ORIGIN_NOT_ALLOWED',
  ],
  ['an invalid origin', { Origin: 'null' }, { cors: false }, 403, 'HTTP_ORIGIN_NOT_ALLOWED'],
] as const) {
  test(`${who} is refused with ${code}`, async (t) => {
    t.deepEqual(await upgrade(t, options, headers), { status, canControl: undefined, code });
  });
}

test('a path without a handler is refused', async (t) => {
  t.like(await upgrade(t, {}, {}, '/nowhere'), { status: 404, code: 'HTTP_NOT_FOUND' });
});

test('closing the gateway closes upgraded connections', async (t) => {
  const parrot = new Parrot();
  const { gateway, port } = await serve(t, { upgrades: [parrot] });
  const asked = request({
    port,
    host: '127.0.0.1',
    path: '/parrot',
    headers: { Connection: 'Upgrade', Upgrade: 'websocket' },
  });
  asked.end();
  const [, socket] = await once(asked, 'upgrade');
  const gone = once(socket, 'close');
  await gateway.close();
  await gone;
  t.is(parrot.sockets.size, 0);
});

import type { IncomingMessage } from 'node:http';
import { METHODS } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayTraffic } from '@framehub/frame';
import { FakeHub, play } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { controlRoutes } from './control/routes.js';
import { serve } from './gateway.fixture.js';
import type { Asset } from './page.js';
import { RawClient } from './raw-client.fixture.js';
import type { UpgradeHandler } from './upgrades.js';

const credentials = [{ name: 'ada', password: 'secret' }];
const page = (path: string): Asset => ({ path, type: 'text/html', body: Buffer.from('SECRET PAGE'), etag: 'W/"1"' });
const assets = [page(''), page('framehub-view.js')];

/** Tells a secret to everybody that it is given. */
class Teller implements UpgradeHandler {
  handles(url: string): boolean {
    return url.startsWith('/ws');
  }

  accept(_req: IncomingMessage, socket: Socket): void {
    socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nSECRET CONNECTION');
  }

  async close(): Promise<void> {}
}

/** What only admitted clients may see: names of cameras, frames, the page, the API, metrics, connections. */
const SECRET =
  /garage|printer|SECRET|boundary|\xff\xd8\xff|"cameras"|openapi|framehub_|"code":"(?!HTTP_(UNAUTHORIZED|BAD_REQUEST)")/;
const HEALTHY = '{"ok":true}';

async function guarded(t: ExecutionContext) {
  const served = await serve(t, { credentials, assets, upgrades: [new Teller()] });
  for (const camera of served.hub.cameras()) play(t, camera);
  return served;
}

/** The table of routes, as the gateway has it. */
function table() {
  const hub = new FakeHub('garage');
  const traffic = [new GatewayTraffic('http')];
  return controlRoutes({ hub, traffic, viewersOf: () => [], delivers: () => false }, assets);
}

/** All that is sent on one connection, and all that comes back until its end. */
async function exchange(t: ExecutionContext, port: number, text: string): Promise<string> {
  const client = new RawClient(t, port);
  client.socket.end(Buffer.from(text, 'latin1'));
  await client.untilClosed();
  return client.text;
}

interface Attempt {
  readonly method: string;
  readonly target: string;
  readonly headers?: readonly string[];
  readonly version?: string;
}

const textOf = ({ method, target, headers = ['Host: camera'], version = '1.1' }: Attempt): string =>
  [`${method} ${target} HTTP/${version}`, ...headers, 'Connection: close', '', ''].join('\r\n');

/** Sends all attempts, and returns those whose answer is more than a refusal. */
async function seen(t: ExecutionContext, port: number, attempts: readonly Attempt[]): Promise<string[]> {
  const found: string[] = [];
  const left = [...attempts];
  const worker = async (): Promise<void> => {
    for (let attempt = left.pop(); attempt; attempt = left.pop()) {
      const answer = (await exchange(t, port, textOf(attempt))).replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
      const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s);
      const status = /^HTTP\/1\.1 (\d+)/.exec(head)?.[1];
      const isHealth = status === '200' && (body === HEALTHY || (attempt.method === 'HEAD' && body === ''));
      const isEmpty = status === '204' && attempt.method === 'OPTIONS' && body === '';
      const isRefusal = status === undefined || /^(400|401|417|431)$/.test(status);
      if (isHealth) found.push(`${attempt.method} ${attempt.target}`);
      else if (!(isRefusal || isEmpty) || SECRET.test(body)) found.push(`${JSON.stringify(attempt)}: ${answer}`);
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
  return found.sort();
}

const CAMERAS = ['garage', 'printer', '0', '1', 'webcam', 'webcam2', 'nobody'];
/** Streams and snapshots, in every form that clients of usbStream, ustreamer, mjpg-streamer, Duet and printers' proxies write. */
const FRAMES = [
  ...['/stream', '/snapshot', '/stream.mjpg', '/stream.mjpeg', '/snapshot.jpg', '/snapshot.jpeg'],
  ...['/stream_123', '/snapshot.jpg_0.5', '/stream&timestamp=1', '/snapshot?12345'],
  ...CAMERAS.flatMap((camera) => [`/stream/${camera}`, `/snapshot/${camera}.jpg`, `/${camera}/stream`]),
  ...CAMERAS.flatMap((camera) => [`/${camera}/?action=stream`, `/${camera}?action=snapshot`]),
  ...['/?action=stream', '/?action=snapshot', '/?action=stream_1', '/?action=snapshot_0&1', '/&action=stream'],
];
const ROUTES = table().map(({ path }) => path.replace('{camera}', 'garage'));
const ADDRESSES = [...new Set([...ROUTES, ...FRAMES, '/ws', '/ws/garage', '/nowhere', '/', '*', ''])];

test('only GET /healthz is open', (t) => {
  const open = table().filter((route) => route.open);
  t.deepEqual(
    open.map(({ method, path }) => `${method} ${path}`),
    ['GET /healthz'],
  );
});

test('without credentials, every method at every address gets only /healthz', async (t) => {
  t.timeout(300_000);
  const { port } = await guarded(t);
  const methods = [...METHODS, 'BREW', 'get', 'GETS', 'G\0ET'];
  const attempts = methods.flatMap((method) => ADDRESSES.map((target) => ({ method, target })));
  t.deepEqual(await seen(t, port, attempts), ['GET /healthz', 'HEAD /healthz']);
});

/** Other ways to write an address. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => `/healthz${path}`,
  (path) => `/healthz/..${path}`,
  (path) => `/healthz/%2e%2e${path}`,
  (path) => `/healthz%2f..${path}`,
  (path) => `/healthz?x=${path}`,
  (path) => `/healthz#${path}`,
  (path) => `/healthz;${path}`,
  (path) => `/healthz ${path}`,
  (path) => `${path}/healthz`,
  (path) => `${path}/../healthz`,
  (path) => `${path}?/healthz`,
  (path) => `${path}#/healthz`,
  (path) => `${path};/healthz`,
  (path) => `${path}&action=snapshot_0`,
  (path) => `${path}?action=stream_1`,
  (path) => `/${path}`,
  (path) => `//${path}`,
  (path) => `/.${path}`,
  (path) => `/%2e${path}`,
  (path) => `/%2f${path}`,
  (path) => path.toUpperCase(),
  (path) => `${path}/`,
  (path) => `${path}//`,
  (path) => `${path}.`,
  (path) => `${path}%00`,
  (path) => `${path}\0`,
  (path) => `${path}%20`,
  (path) => path.replace('/', '\\'),
  (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (path) => `http://camera${path}`,
  (path) => `HTTP://camera:1${path}`,
  (path) => `http://camera/healthz${path}`,
  (path) => `http://camera?/healthz${path}`,
  (path) => `http:/${path}`,
  (path) => `ftp://camera${path}`,
  (path) => `camera:8090${path}`,
  (path) => `${path}?${'x'.repeat(5000)}`,
  (path) => `${path}/${'x'.repeat(20_000)}`,
];

test('without credentials, unusual spellings get only /healthz', async (t) => {
  t.timeout(300_000);
  const { port } = await guarded(t);
  const targets = SPELLINGS.flatMap((spell) => ADDRESSES.map(spell));
  // What health is made of may be followed by what caches are passed with.
  const health = /^(http:\/\/camera|HTTP:\/\/camera:1)?\/healthz\/?([?&#][^ ]*)? ?$/;
  for (const method of ['GET', 'PATCH']) {
    const found = await seen(
      t,
      port,
      targets.map((target) => ({ method, target })),
    );
    for (const line of found) t.regex(line.replace('GET ', ''), health);
    for (const line of found) t.notRegex(line, /action=/);
    if (method === 'PATCH') t.deepEqual(found, []);
  }
});

test('an action at /healthz is a snapshot or a stream, and needs credentials', async (t) => {
  const { port } = await guarded(t);
  const paths = [
    '/healthz',
    '/healthz/',
    '//healthz',
    '/healthz/garage',
    '/healthz.jpg',
    '/HEALTHZ',
    'http://h/healthz',
  ];
  const actions = ['snapshot', 'snapshot_0', 'stream', 'stream_1', 'stream_99', 'streamx', 'none', ''];
  const targets = paths.flatMap((path) =>
    actions.flatMap((action) => [
      `${path}?action=${action}`,
      `${path}&action=${action}`,
      `${path}?x=1&action=${action}`,
      `${path}?%61ction=${action}`,
      `${path}??action=${action}`,
    ]),
  );
  const found = await seen(
    t,
    port,
    ['GET', 'HEAD', 'POST'].flatMap((method) => targets.map((target) => ({ method, target }))),
  );
  // `%61ction` and `?action` are no `action`: cache busters, behind which there is health and nothing else.
  for (const line of found) t.regex(line, /^(GET|HEAD) (http:\/\/h)?\/healthz\/?\?(%61|\?)/);
});

test('without credentials, no header and no HTTP version gives access', async (t) => {
  const { port } = await guarded(t);
  const basic = (text: string) => `Authorization: Basic ${Buffer.from(text).toString('base64')}`;
  const sets: readonly (readonly string[])[] = [
    [],
    [basic('ada:wrong')],
    [basic('ada:')],
    [basic(':secret')],
    [basic('ada:secret\0')],
    [basic('ADA:secret')],
    ['Authorization: ada:secret'],
    ['Authorization: Bearer YWRhOnNlY3JldA=='],
    ['Authorization: Digest username="ada"'],
    ['Authorization: Basic'],
    ['Authorization: Basic YWRhOnNlY3JldA, Basic YWRhOnNlY3JldA=='],
    [basic('eve:1'), basic('eve:2'), basic('eve:3')],
    ['Proxy-Authorization: Basic YWRhOnNlY3JldA=='],
    ['Cookie: stream_client=0/1'],
    ['X-Forwarded-For: 127.0.0.1', 'X-Real-IP: 127.0.0.1'],
    ['X-Original-URL: /healthz', 'X-Rewrite-URL: /healthz'],
    ['X-HTTP-Method-Override: GET'],
    ['Expect: 100-continue'],
    ['Expect: everything'],
    ['Origin: http://camera'],
    [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Version: 13',
    ],
    ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: '],
    ['Connection: Upgrade', 'Upgrade: TLS/1.0'],
    ['Content-Length: 2'],
    ['Transfer-Encoding: chunked'],
    ['Range: bytes=0-10'],
    ['If-None-Match: *'],
  ];
  const hosts = [['Host: camera'], ['Host: evil.example'], ['Host: '], []];
  const targets = ['/', '/stream', '/snapshot', '/api/cameras', '/metrics', '/ws', '/ws/garage', '/healthz/x'];
  const attempts = targets.flatMap((target) =>
    ['1.1', '1.0'].flatMap((version) =>
      hosts.flatMap((host) =>
        sets.flatMap((set) =>
          ['GET', 'HEAD', 'PATCH'].map((method) => ({ method, target, version, headers: [...host, ...set] })),
        ),
      ),
    ),
  );
  t.deepEqual(await seen(t, port, attempts), []);
});

test('with credentials everything is there', async (t) => {
  const { url } = await guarded(t);
  const headers = { Authorization: `Basic ${Buffer.from('ada:secret').toString('base64')}` };
  for (const path of ['/', '/snapshot', '/api/cameras', '/healthz?action=snapshot_0', '/metrics']) {
    t.is((await fetch(url + path, { headers })).status, 200, path);
  }
});

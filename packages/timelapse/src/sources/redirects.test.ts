import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import { hasOpenssl, makeCertificates } from '@framehub/testing';
import anyTest, { type ExecutionContext } from 'ava';
import { readCollectOptions } from '../collect/options.js';
import { jpegLike, temporaryFolder } from '../snapshots.fixture.js';
import { isMissing } from '../source.js';
import { HttpSource } from './http-source.js';

const hasCertificates = hasOpenssl();
if (!hasCertificates) console.warn('SKIPPED: openssl is not installed, so no redirect from or to https was tried');
const test = hasCertificates ? anyTest.serial : anyTest.serial.skip;
anyTest.before(() => {
  // Certificates of servers are not what this is about.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
});

type Name = 'A' | 'B' | 'S';

/** Requests a snapshot of the first server, and follows redirects. @returns the user and password that each server received */
async function follow(t: ExecutionContext, names: readonly Name[], locations: readonly string[]): Promise<string[]> {
  const folder = temporaryFolder(t);
  const { server } = makeCertificates((name) => join(folder, name));
  const received: string[] = [];
  const left = [...locations];
  const ports = new Map<string, number>();
  for (const name of new Set(names)) {
    const listener: RequestListener = ({ headers: { authorization = '' } }, response) => {
      received.push(`${name} ${Buffer.from(authorization.replace('Basic ', ''), 'base64')}`.trimEnd());
      const location = left.shift()?.replace(/\{(\w)\}/g, (_, to) => `127.0.0.1:${ports.get(to)}`);
      if (location === undefined) response.writeHead(200, { 'content-type': 'image/jpeg' }).end(jpegLike(1));
      else response.writeHead(302, { location }).end();
    };
    const listening: Server =
      name === 'S' ? createHttpsServer({ cert: server.cert, key: server.key }, listener) : createHttpServer(listener);
    listening.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    t.teardown(() => listening.close());
    ports.set(name, (listening.address() as AddressInfo).port);
  }
  const [first = 'A'] = names;
  const from = `${first === 'S' ? 'https' : 'http'}://me:p%40ss@127.0.0.1:${ports.get(first)}/SECRET/now.jpg`;
  const { source } = readCollectOptions({ out: folder, from, every: '1s' });
  if (source.type !== 'http') throw new Error(source.type);
  const host = { logger: silentLogger, newest: () => 0, isStored: () => false, problem() {}, overrun() {} };
  const snapshots = new HttpSource(source, host);
  const outcome = await snapshots.next(5000);
  await snapshots.close();
  if (isMissing(outcome)) t.notRegex(outcome.detail, /SECRET|p@ss|p%40ss/);
  return received;
}

const LOGIN = 'me:p@ss';
const table: readonly [
  what: string,
  names: readonly Name[],
  locations: readonly string[],
  received: readonly string[],
][] = [
  ['no redirect', ['A'], [], [LOGIN]],
  ['a path of the same server', ['A', 'A'], ['/SECRET'], [LOGIN, LOGIN]],
  ['the same server, without a scheme', ['A', 'A'], ['//{A}/SECRET'], [LOGIN, LOGIN]],
  ['another port', ['A', 'B'], ['http://{B}/'], [LOGIN, '']],
  ['another server and back', ['A', 'B', 'A'], ['http://{B}/', 'http://{A}/'], [LOGIN, '', '']],
  ['another server, and about on it', ['A', 'B', 'B'], ['//{B}/', '/x'], [LOGIN, '', '']],
  ['from https to http', ['S', 'A'], ['http://{A}/'], [LOGIN, '']],
  ['from https to http and back', ['S', 'A', 'S'], ['http://{A}/', 'https://{S}/'], [LOGIN, '', '']],
  ['from http to https at another port', ['A', 'S'], ['https://{S}/'], [LOGIN, '']],
];

for (const [what, names, locations, received] of table) {
  test(`the password goes to the hub only: ${what}`, async (t) => {
    t.deepEqual(
      await follow(t, names, locations),
      names.map((name, index) => `${name} ${received[index]}`.trimEnd()),
    );
  });
}

test('user name and password in a redirect are not sent', async (t) => {
  for (const received of await follow(t, ['A', 'B'], ['http://you:there@{B}/']))
    t.false(received.includes('you'), received);
});

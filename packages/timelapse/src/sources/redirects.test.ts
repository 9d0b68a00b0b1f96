import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import { hasOpenssl, makeCertificates } from '@framehub/testing';
import anyTest, { type ExecutionContext } from 'ava';
import { readCollectOptions } from '../collect/options.js';
import { isMissing } from '../picture.js';
import { jpegLike, temporaryFolder } from '../pictures.fixture.js';
import { HttpSource } from './http-source.js';

const hasCertificates = hasOpenssl();
if (!hasCertificates) console.warn('SKIPPED: openssl is not installed, so no redirect led from or to https');
const test = hasCertificates ? anyTest.serial : anyTest.serial.skip;
anyTest.before(() => {
  // Who the servers are is of no matter here.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
});

type Name = 'A' | 'B' | 'S';

/** Asks the first server for a picture, and follows it from one to the next. @returns who was told which user and password */
async function follow(t: ExecutionContext, names: readonly Name[], locations: readonly string[]): Promise<string[]> {
  const folder = temporaryFolder(t);
  const { server } = makeCertificates((name) => join(folder, name));
  const told: string[] = [];
  const left = [...locations];
  const ports = new Map<string, number>();
  for (const name of new Set(names)) {
    const listener: RequestListener = ({ headers: { authorization = '' } }, response) => {
      told.push(`${name} ${Buffer.from(authorization.replace('Basic ', ''), 'base64')}`.trimEnd());
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
  const host = { logger: silentLogger, newest: () => 0, isStored: () => false, trouble() {}, overrun() {} };
  const pictures = new HttpSource(source, host);
  const outcome = await pictures.next(5000);
  await pictures.close();
  if (isMissing(outcome)) t.notRegex(outcome.detail, /SECRET|p@ss|p%40ss/);
  return told;
}

const OURS = 'me:p@ss';
const table: readonly [what: string, names: readonly Name[], locations: readonly string[], told: readonly string[]][] =
  [
    ['no redirect', ['A'], [], [OURS]],
    ['a path of the same server', ['A', 'A'], ['/SECRET'], [OURS, OURS]],
    ['the same server, without a scheme', ['A', 'A'], ['//{A}/SECRET'], [OURS, OURS]],
    ['another port', ['A', 'B'], ['http://{B}/'], [OURS, '']],
    ['another server and back', ['A', 'B', 'A'], ['http://{B}/', 'http://{A}/'], [OURS, '', '']],
    ['another server, and about on it', ['A', 'B', 'B'], ['//{B}/', '/x'], [OURS, '', '']],
    ['from https to http', ['S', 'A'], ['http://{A}/'], [OURS, '']],
    ['from https to http and back', ['S', 'A', 'S'], ['http://{A}/', 'https://{S}/'], [OURS, '', '']],
    ['from http to https at another port', ['A', 'S'], ['https://{S}/'], [OURS, '']],
  ];

for (const [what, names, locations, told] of table) {
  test(`the password stays with the hub: ${what}`, async (t) => {
    t.deepEqual(
      await follow(t, names, locations),
      names.map((name, index) => `${name} ${told[index]}`.trimEnd()),
    );
  });
}

test('a user that a redirect brings along is told to nobody', async (t) => {
  for (const told of await follow(t, ['A', 'B'], ['http://you:there@{B}/'])) t.false(told.includes('you'), told);
});

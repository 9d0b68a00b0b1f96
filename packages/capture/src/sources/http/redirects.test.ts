import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, recordOf } from '@framehub/frame';
import { hasOpenssl, makeCertificates } from '@framehub/testing';
import anyTest, { type ExecutionContext } from 'ava';
import { basicAuth, request } from './request.js';

const hasCertificates = hasOpenssl();
if (!hasCertificates) console.warn('SKIPPED: openssl is not installed, so no redirect led from or to https');
const test = hasCertificates ? anyTest.serial : anyTest.serial.skip;

const folder = mkdtempSync(join(tmpdir(), 'framehub-redirects-'));
anyTest.before(() => {
  // Who the servers are is of no matter here.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
});
anyTest.after.always(() => rmSync(folder, { recursive: true, force: true }));

const certificate = hasCertificates ? makeCertificates((name) => join(folder, name)).server : undefined;

/** What a server was asked: which server, and the user and password that it received. */
type Told = readonly [server: string, credentials: string];

/** The servers: two cameras with http, one with https, and a camera with both at their usual ports. */
const SERVERS = {
  A: ['http', '127.0.0.1', 0],
  B: ['http', '127.0.0.1', 0],
  S: ['https', '127.0.0.1', 0],
  T: ['https', '127.0.0.1', 0],
  plain: ['http', '127.0.13.80', 80],
  secure: ['https', '127.0.13.80', 443],
} as const;
type Name = keyof typeof SERVERS;

async function listen(name: Name, listener: RequestListener): Promise<Server> {
  const [scheme, host, port] = SERVERS[name];
  const server =
    scheme === 'http'
      ? createHttpServer(listener)
      : createHttpsServer({ cert: certificate?.cert, key: certificate?.key }, listener);
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

/** Follows redirects from one server to the next. `{A}` stands for the first one's host and port. */
async function follow(t: ExecutionContext, names: readonly Name[], locations: readonly string[], own = 'me:p%40ss') {
  const told: Told[] = [];
  const left = [...locations];
  const ports = new Map<string, string>();
  const filled = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name) => ports.get(name) ?? '');
  for (const name of new Set(names)) {
    const server = await listen(name, ({ headers: { authorization = '' } }, response) => {
      told.push([name, Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()]);
      const location = left.shift();
      if (location === undefined) response.writeHead(200, { 'content-type': 'image/jpeg' }).end();
      else response.writeHead(302, { location: filled(location) }).end();
    });
    t.teardown(() => server.close());
    const [, host] = SERVERS[name];
    ports.set(name, `${host}:${(server.address() as AddressInfo).port}`);
  }
  const [scheme] = SERVERS[names[0] as Name];
  const address = `${scheme}://${own}@${ports.get(names[0] as Name)}/stream`;
  const url = new URL(address);
  const auth = basicAuth({ type: 'http', url: address });
  [url.username, url.password] = ['', ''];
  const answer = await request(url, auth, 'the camera', new AbortController().signal);
  answer.destroy();
  return told;
}

const OURS = 'me:p@ss';
const table: readonly [what: string, names: readonly Name[], locations: readonly string[], told: readonly string[]][] =
  [
    ['no redirect', ['A'], [], [OURS]],
    ['a path of the same server', ['A', 'A'], ['/other'], [OURS, OURS]],
    ['a relative path', ['A', 'A'], ['other?x=1'], [OURS, OURS]],
    ['the same server, in full', ['A', 'A'], ['http://{A}/other'], [OURS, OURS]],
    ['the same server, without a scheme', ['A', 'A'], ['//{A}/other'], [OURS, OURS]],
    ['the same server, with a user of its own', ['A', 'A'], ['http://you:there@{A}/'], [OURS, OURS]],
    ['another port', ['A', 'B'], ['http://{B}/'], [OURS, '']],
    ['another port, without a scheme', ['A', 'B'], ['//{B}/'], [OURS, '']],
    ['another port, with a user of its own', ['A', 'B'], ['http://you:there@{B}/'], [OURS, '']],
    ['another server and back', ['A', 'B', 'A'], ['http://{B}/', 'http://{A}/'], [OURS, '', '']],
    ['another server, and about on it', ['A', 'B', 'B'], ['http://{B}/', '/x'], [OURS, '', '']],
    ['about, and then another server', ['A', 'A', 'B'], ['/x', 'http://{B}/'], [OURS, OURS, '']],
    ['from https to http', ['S', 'A'], ['http://{A}/'], [OURS, '']],
    ['from https to http and back', ['S', 'A', 'S'], ['http://{A}/', 'https://{S}/'], [OURS, '', '']],
    ['from http to https at another port', ['A', 'S'], ['https://{S}/'], [OURS, '']],
    ['https to itself', ['S', 'S'], ['/x'], [OURS, OURS]],
    ['https to another https', ['S', 'T'], ['https://{T}/'], [OURS, '']],
  ];

for (const [what, names, locations, told] of table) {
  test(`the password stays with the camera: ${what}`, async (t) => {
    t.deepEqual(
      await follow(t, names, locations),
      names.map((name, index): Told => [name, told[index] ?? '']),
    );
  });
}

const USUAL: typeof table = [
  ['a camera that forces https', ['plain', 'secure'], ['https://127.0.13.80/'], [OURS, OURS]],
  ['the same, with the port', ['plain', 'secure'], ['https://127.0.13.80:443/'], [OURS, OURS]],
  ['from https down to http, both at their usual ports', ['secure', 'plain'], ['http://127.0.13.80/'], [OURS, '']],
  [
    'up and down again',
    ['plain', 'secure', 'plain'],
    ['https://127.0.13.80/', 'http://127.0.13.80/'],
    [OURS, OURS, ''],
  ],
  ['from https at its usual port to http at that of https', ['secure', 'A'], ['http://{A}/'], [OURS, '']],
];

for (const [what, names, locations, told] of USUAL) {
  test(`at the usual ports: ${what}`, async (t) => {
    try {
      t.deepEqual(
        await follow(t, names, locations),
        names.map((name, index): Told => [name, told[index] ?? '']),
      );
    } catch (error) {
      if (!['EACCES', 'EADDRINUSE', 'EADDRNOTAVAIL'].includes(codeOf(error) ?? '')) throw error;
      t.log('SKIPPED: ports 80 and 443 may not be used here');
      t.pass();
    }
  });
}

test('a password that was left behind is not asked for in vain', async (t) => {
  const locked = await listen('B', (_request, response) => response.writeHead(401).end());
  t.teardown(() => locked.close());
  const { port } = locked.address() as AddressInfo;
  const error = await t.throwsAsync(follow(t, ['A'], [`http://127.0.0.1:${port}/SECRET?SECRET`]));
  t.is(codeOf(error), 'CAPTURE_HTTP_UNAUTHORIZED');
  t.regex(
    recordOf(error).message,
    /redirects to http:\/\/127\.0\.0\.1:\d+\/…, which requires a password, and that is never sent/,
  );
});

test('user and password may stand beside the address', (t) => {
  const url = 'http://ann:one@cam/';
  t.is(basicAuth({ type: 'http', url }), 'ann:one');
  t.is(basicAuth({ type: 'http', url, password: 'two%41' }), 'ann:two%41');
  t.is(basicAuth({ type: 'http', url, username: 'bob', password: 'two' }), 'bob:two');
  t.is(basicAuth({ type: 'http', url: 'http://cam/', password: 'two' }), ':two');
  t.is(basicAuth({ type: 'http', url: 'http://cam/' }), undefined);
});

import { until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { serve } from './gateway.fixture.js';
import { RawClient } from './raw-client.fixture.js';

const PATCH = 'PATCH /api/cameras/garage/controls HTTP/1.1\r\nHost: camera\r\n';
const BODY = '{"brightness":40}';
const WHOLE = `${PATCH}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** Sends it all at once. */
function sent(t: ExecutionContext, port: number, text: string): RawClient {
  const client = new RawClient(t, port);
  client.socket.write(text);
  return client;
}

test('only four of thousands of requests in one piece are read, and the connection is closed', async (t) => {
  const { garage, port } = await serve(t);
  for (const text of [WHOLE, `${PATCH}Expect: 100-continue\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`]) {
    garage.asked.controls.length = 0;
    await sent(t, port, text.repeat(2000)).untilClosed();
    t.true(garage.asked.controls.length <= 4, `${garage.asked.controls.length} were obeyed`);
  }
});

test('this includes requests that Node answers by itself, and requests that wait', async (t) => {
  const { port } = await serve(t);
  for (const request of [
    'GET /healthz HTTP/1.1\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: camera\r\nExpect: everything\r\n\r\n',
    'GET /snapshot HTTP/1.1\r\nHost: camera\r\n\r\n',
  ]) {
    const client = sent(t, port, request.repeat(2000));
    await client.untilClosed();
    t.true(client.text.split('HTTP/1.1 ').length <= 1 + 4, request);
  }
});

test('a few requests in one piece are answered in order, and many one after another', async (t) => {
  const { port } = await serve(t);
  const few = sent(t, port, ['/healthz', '/nowhere', '/healthz'].map(get).join(''));
  await few.until(() => statuses(few).length === 3);
  t.deepEqual(statuses(few), ['200', '404', '200']);
  for (let i = 4; i <= 20; i++) {
    few.socket.write(get('/healthz'));
    await few.until(() => statuses(few).length === i);
  }
  t.false(few.closed);
});

test('a body in chunks is refused before it is read, at every address', async (t) => {
  const { garage, port } = await serve(t);
  const chunks = `Transfer-Encoding: chunked\r\n\r\n${'1\r\n{\r\n'.repeat(10_000)}`;
  for (const head of [
    PATCH,
    'GET /stream HTTP/1.1\r\nHost: camera\r\n',
    'POST /nowhere HTTP/1.1\r\nHost: camera\r\n',
    'GET /ws HTTP/1.1\r\nHost: camera\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n',
  ]) {
    const client = sent(t, port, head + chunks);
    await client.untilClosed();
    t.regex(
      client.text,
      /^HTTP\/1\.1 411 .*"HTTP_LENGTH_REQUIRED".*Content-Length instead of Transfer-Encoding/s,
      head,
    );
    t.is(statuses(client).length, 1);
  }
  t.deepEqual(garage.asked.controls, []);
});

test('a body that is too long is refused before it is read; a shorter one is read in any pieces', async (t) => {
  const { garage, port } = await serve(t);
  const long = sent(t, port, `${PATCH}Content-Length: 65537\r\n\r\n${'x'.repeat(1000)}`);
  await long.untilClosed();
  t.regex(long.text, /^HTTP\/1\.1 413 .*"HTTP_BODY_TOO_LARGE".*65536 bytes/s);

  const padded = `${BODY}${' '.repeat(65_536 - BODY.length)}`;
  const fits = sent(t, port, `${PATCH}Content-Length: 65536\r\n\r\n`);
  for (let at = 0; at < padded.length; at += 1000) fits.socket.write(padded.slice(at, at + 1000));
  await fits.until(() => statuses(fits).length === 1);
  t.deepEqual(statuses(fits), ['200']);
  t.deepEqual(garage.asked.controls, [{ brightness: 40 }]);
});

test('too many other headers cannot hide the length of a body', async (t) => {
  const { garage, port } = await serve(t);
  for (const length of ['Transfer-Encoding: chunked', 'Content-Length: 100000000000'])
    for (const [count, status] of [
      [100, length.startsWith('T') ? 411 : 413],
      [127, 431],
      [128, 431],
      [1000, 431],
      [3000, 431],
    ] as const) {
      const client = sent(t, port, `${PATCH}${'a:\r\n'.repeat(count)}${length}\r\n\r\n${'1\r\n{\r\n'.repeat(10_000)}`);
      await client.untilClosed();
      t.regex(client.text, new RegExp(`^HTTP/1\\.1 ${status} `), `${count} headers and ${length}`);
    }
  t.deepEqual(garage.asked.controls, []);
  const client = sent(t, port, `GET /healthz HTTP/1.1\r\nHost: camera\r\n${'a:\r\n'.repeat(127)}\r\n`);
  await client.until(() => statuses(client).length === 1);
  t.deepEqual(statuses(client), ['200'], '128 are allowed');
});

test('a client that offers another protocol than WebSocket is answered in HTTP', async (t) => {
  const { port } = await serve(t);
  for (const offer of ['h2c', 'TLS/1.0', 'foo, bar']) {
    const client = sent(
      t,
      port,
      `GET /healthz HTTP/1.1\r\nHost: camera\r\nConnection: Upgrade\r\nUpgrade: ${offer}\r\n\r\n`,
    );
    await client.until(() => statuses(client).length === 1);
    client.socket.write(get('/nowhere'));
    await client.until(() => statuses(client).length === 2);
    t.deepEqual(statuses(client), ['200', '404'], offer);
  }
});

test('an upgrade behind unanswered requests closes the connection', async (t) => {
  const { garage, port } = await serve(t);
  const upgrade = 'GET /ws HTTP/1.1\r\nHost: camera\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  const client = sent(t, port, get('/snapshot?timeout=30000') + upgrade);
  await client.untilClosed();
  t.is(client.text, '');
  await until(() => garage.sinks.size === 0);
});

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: camera\r\n\r\n`;

const statuses = ({ text }: RawClient): readonly string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);

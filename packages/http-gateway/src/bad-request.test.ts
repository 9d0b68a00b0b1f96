import { play, until } from '@framehub/testing';
import test from 'ava';
import { serve } from './gateway.fixture.js';
import { openStream, RawClient } from './raw-client.fixture.js';

test('half a request is answered and closed in time, and streams go on', async (t) => {
  const { garage, port, gateway } = await serve(t, { requestTimeout: 1000 });
  play(t, garage);
  const viewer = await openStream(t, port);
  const half = new RawClient(t, port);
  half.socket.write('GET /stream HTTP/1.1\r\nHost: cam');
  const silent = new RawClient(t, port);
  await half.untilClosed();
  await silent.untilClosed();
  t.true(half.text.startsWith('HTTP/1.1 408'));
  t.regex(half.text, /"code":"HTTP_BAD_REQUEST"/);
  t.is(gateway.stats().viewers, 1);
  const seen = (await viewer.parts(1)).length;
  await viewer.parts(seen + 5);
});

test('1 MB of headers is refused while it arrives', async (t) => {
  const { port } = await serve(t);
  const client = new RawClient(t, port);
  client.get('/stream', { 'X-Long': 'x'.repeat(1_000_000) });
  await client.untilClosed();
  t.true(client.text.startsWith('HTTP/1.1 431'));
  t.regex(client.text, /16 KiB/);
});

test('bytes that are not HTTP are answered with 400', async (t) => {
  const { port } = await serve(t);
  const client = new RawClient(t, port);
  client.socket.write('\x16\x03\x01 hello\r\n\r\n');
  await client.untilClosed();
  t.true(client.text.startsWith('HTTP/1.1 400'));
  t.regex(client.text, /this is not an HTTP request/);
});

test('bytes sent on the connection of a stream end it, without an answer', async (t) => {
  const { garage, port, gateway } = await serve(t);
  const client = await openStream(t, port);
  garage.publish();
  await client.parts(1);
  client.socket.write('\x00\x01 nonsense\r\n\r\n');
  await client.untilClosed();
  t.notRegex(client.text.slice(20), /HTTP\/1\.1/);
  await until(() => gateway.stats().viewers === 0);
});

test('an unexpected body does not disturb a stream', async (t) => {
  const { garage, port } = await serve(t);
  const client = await openStream(t, port, '/stream', { headers: { 'Content-Length': '5' } });
  client.socket.write('hello');
  garage.publish();
  await t.notThrowsAsync(client.parts(1));
});

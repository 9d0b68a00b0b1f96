import { JPEGS, jpeg, play, until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { serve } from './gateway.fixture.js';
import type { HttpGatewayOptions } from './options.js';
import { openStream, RawClient } from './raw-client.fixture.js';

/** Every address of 127.0.0.0/8 is this machine on Linux only. */
const onLinux = process.platform === 'linux' ? test : test.skip;

/** A gateway behind a proxy, this machine, that says for whom it asks. */
const behindProxy = (t: ExecutionContext, options: HttpGatewayOptions = {}) =>
  serve(t, { trustedProxies: ['127.0.0.1'], ...options });
const by = (client: string) => ({ 'X-Forwarded-For': client });
const [ANN, BOB] = [by('192.0.2.1'), by('192.0.2.2')];

async function codeOf(t: ExecutionContext, port: number, path: string, headers: Readonly<Record<string, string>>) {
  const client = new RawClient(t, port);
  client.get(path, { ...headers, Connection: 'close' });
  await client.untilClosed();
  return /"code":"(\w+)"/.exec(client.text)?.[1] ?? client.text.split('\r\n')[0];
}

test('one client may have all viewers, and another one displaces its newest', async (t) => {
  const { port, url, gateway } = await behindProxy(t, { maxViewers: 4 });
  const anns = [];
  for (let i = 0; i < 4; i++) anns.push(await openStream(t, port, '/stream', { headers: ANN }));
  t.is(await codeOf(t, port, '/stream', ANN), 'HTTP_TOO_MANY_VIEWERS');
  await openStream(t, port, '/stream', { headers: BOB });
  await anns[3]?.untilClosed();
  await openStream(t, port, '/stream/printer', { headers: BOB });
  await anns[2]?.untilClosed();
  t.is(await codeOf(t, port, '/stream', BOB), 'HTTP_TOO_MANY_VIEWERS');
  await until(() => gateway.stats().viewers === 4);
  t.deepEqual(
    anns.map(({ closed }) => closed),
    [false, false, true, true],
  );
  t.regex(
    await (await fetch(`${url}/metrics`)).text(),
    /clients_dropped_total\{gateway="http",reason="displaced"\} 2\n/,
  );
});

test('a waiting snapshot is displaced by another client, and answered with 503', async (t) => {
  const { garage, port } = await behindProxy(t, { maxViewers: 2 });
  const waiting = [1, 2].map(() => codeOf(t, port, '/snapshot?timeout=30000', ANN));
  await until(() => garage.sinks.size === 1);
  t.is(await codeOf(t, port, '/snapshot?timeout=1', ANN), 'HTTP_TOO_MANY_VIEWERS');
  const other = codeOf(t, port, '/snapshot?timeout=30000', BOB);
  t.is(await waiting[1], 'HTTP_TOO_MANY_VIEWERS');
  garage.publish();
  t.is(await waiting[0], 'HTTP/1.1 200 OK');
  t.is(await other, 'HTTP/1.1 200 OK');
});

test('a client that disconnects releases its places, also those of pipelined requests', async (t) => {
  const { garage, port } = await behindProxy(t, { maxViewers: 2 });
  const client = new RawClient(t, port);
  client.get('/snapshot?timeout=30000', ANN);
  client.get('/snapshot?timeout=30000', ANN);
  await until(() => garage.sinks.size === 1);
  t.is(await codeOf(t, port, '/stream', ANN), 'HTTP_TOO_MANY_VIEWERS');
  client.socket.destroy();
  await until(() => garage.sinks.size === 0);
  for (let i = 0; i < 2; i++) await openStream(t, port, '/stream', { headers: ANN });
  t.pass();
});

test('one client gets four renditions of a camera; the plain stream and other clients are not limited', async (t) => {
  const { hub, port } = await behindProxy(t);
  for (let width = 100; width < 104; width++) await openStream(t, port, `/stream?width=${width}`, { headers: ANN });
  t.is(await codeOf(t, port, '/stream?width=200', ANN), 'BROKER_TOO_MANY_TOPICS');
  t.is(await codeOf(t, port, '/snapshot?width=200', ANN), 'BROKER_TOO_MANY_TOPICS');
  await openStream(t, port, '/stream', { headers: ANN });
  await openStream(t, port, '/stream?width=100', { headers: ANN });
  await openStream(t, port, '/stream/printer?width=200', { headers: ANN });
  await openStream(t, port, '/stream?width=200', { headers: BOB });
  t.is(hub.broker.topics().length, 7);
});

test('the renditions of all clients are limited, the plain stream never', async (t) => {
  const { hub, port } = await behindProxy(t, { maxViewers: 17 });
  for (let width = 100; width < 116; width++)
    await openStream(t, port, `/stream?width=${width}`, { headers: by(`192.0.2.${width}`) });
  t.is(await codeOf(t, port, '/stream?width=200', ANN), 'BROKER_TOO_MANY_TOPICS');
  // What was refused has taken no place.
  const plain = await openStream(t, port, '/stream', { headers: ANN });
  hub.camera('garage').publish();
  await plain.parts(1);
  t.pass();
});

test('only a trusted proxy may report clients', async (t) => {
  const { port } = await serve(t, { maxViewers: 2, trustedProxies: ['10.0.0.0/8'] });
  for (const client of ['192.0.2.1', '192.0.2.2']) await openStream(t, port, '/stream', { headers: by(client) });
  t.is(await codeOf(t, port, '/stream', by('192.0.2.3')), 'HTTP_TOO_MANY_VIEWERS');
});

for (const [header, client] of [
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.2, 192.0.2.1', '192.0.2.1'],
  ['192.0.2.2,192.0.2.1 , 127.0.0.1', '192.0.2.1'],
  ['192.0.2.1, 127.0.0.1,127.0.0.1', '192.0.2.1'],
  ['junk, 192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::2'],
  ['192.0.2.1, junk', '127.0.0.1'],
  ['192.0.2.1:8080', '127.0.0.1'],
  ['', '127.0.0.1'],
  ['127.0.0.1', '127.0.0.1'],
] as const) {
  test(`a proxy that reports ${header || 'nothing'} stands for ${client}`, async (t) => {
    const { port } = await behindProxy(t, { maxViewers: 3 });
    // Three of the one, so that another gets a place, and the one itself none.
    for (let i = 0; i < 3; i++) await openStream(t, port, '/stream', { headers: by(header) });
    t.is(await codeOf(t, port, '/stream', by(client)), 'HTTP_TOO_MANY_VIEWERS');
    await t.notThrowsAsync(openStream(t, port, '/stream', { headers: by('198.51.100.1') }));
  });
}

onLinux('one address may have all connections, and silent ones lock out no other address', async (t) => {
  t.timeout(60_000);
  const { garage, port } = await serve(t, { maxViewers: 1 });
  play(t, garage, 30, JPEGS);
  // Those of one viewer and of 500 others.
  const idle = await Promise.all(
    Array.from({ length: 501 }, async () => {
      const client = new RawClient(t, port);
      await new Promise((resolve) => client.socket.once('connect', resolve));
      client.socket.write('GET /stream HTTP/1.1\r\n');
      return client;
    }),
  );
  const more = new RawClient(t, port);
  await more.untilClosed();
  const other = await openStream(t, port, '/stream', { from: '127.0.0.2' });
  await other.parts(2);
  await until(() => idle.some(({ closed }) => closed));
  t.is(idle.filter(({ closed }) => closed).length, 1);
});

test('a connection may pipeline some requests, but not many', async (t) => {
  const { port } = await serve(t);
  const modest = new RawClient(t, port);
  for (let i = 0; i < 4; i++) modest.get('/healthz');
  await modest.until(() => modest.text.split('{"ok":true}').length === 5);
  const greedy = new RawClient(t, port);
  for (let i = 0; i < 6; i++) greedy.get('/snapshot?timeout=30000');
  await greedy.untilClosed();
  t.is(greedy.text, '');
});

test('viewers that read nothing keep few frames in memory: those of the client that holds most are closed', async (t) => {
  const { garage, gateway, port } = await behindProxy(t, { maxHeldBytes: 50_000_000, repeatAfter: 600_000 });
  const stuck = [];
  for (const [i, client] of [BOB, ANN, ANN, ANN].entries()) {
    const viewer = await openStream(t, port, `/stream?width=${100 + i}`, { headers: client });
    viewer.socket.pause();
    stuck.push(viewer);
    garage.publish({ data: jpeg(20_000_000), topic: `garage/jpeg?width=${100 + i}` });
  }
  await until(() => gateway.stats().viewers === 2);
  t.deepEqual([...garage.sinks.keys()].sort(), ['garage/jpeg?width=100', 'garage/jpeg?width=103']);
  t.is(gateway.stats().stalled, 0);
});

test('a snapshot that is not read keeps its place', async (t) => {
  const { garage, port } = await serve(t, { maxViewers: 1 });
  const client = new RawClient(t, port);
  client.get('/snapshot?max_age=0');
  client.socket.pause();
  await until(() => garage.sinks.size === 1);
  garage.publish({ data: jpeg(8_000_000) });
  t.is(await codeOf(t, port, '/stream', {}), 'HTTP_TOO_MANY_VIEWERS');
});

import { until } from '@framehub/testing';
import test from 'ava';
import { WebSocket } from 'ws';
import { closed, TestClient } from './client.fixture.js';
import { CLIENT, serve } from './gateway.fixture.js';
import { RawClient } from './raw-client.fixture.js';

const as = (client: string) => ({ [CLIENT]: client });
const [ANN, BOB] = [as('192.0.2.1'), as('192.0.2.2')];

const topicsOf = (hub: { broker: { topics(): readonly { name: string }[] } }) =>
  hub.broker.topics().map(({ name }) => name);

test('no frames are made for a client without credit', async (t) => {
  const { hub, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  for (let id = 0; id < 64; id++) await client.subscribe(id, 'garage', { width: 100 + id, credit: 0 });
  t.deepEqual(topicsOf(hub), []);
  client.send({ op: 'credit', id: 7, count: 1 });
  await client.settled();
  t.deepEqual(topicsOf(hub), ['garage/jpeg?width=107']);
  hub.camera('garage').publish();
  t.like(await client.frame(), { id: 7, sequence: 1, dropped: 0 });
});

test('a subscription without credit is suspended after a while, and resumes with the next credit', async (t) => {
  const { hub, garage, gateway, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage', { credit: 1 });
  garage.publish();
  await client.frame();
  garage.publish();
  await client.settled();
  t.deepEqual(topicsOf(hub), ['garage/jpeg'], 'a credit in time misses no frame');
  await until('the subscription is suspended', () => topicsOf(hub).length === 0);
  t.is(gateway.traffic.of('garage').viewers, 1, 'it still counts as a viewer');
  garage.publish();
  client.send({ op: 'credit', id: 1, count: 2 });
  await client.settled();
  garage.publish();
  // Frames that were made and not sent count as dropped.
  t.like(await client.frame(), { sequence: 4, dropped: 1 });
});

test('a credit sends the latest frame at once where other clients watch', async (t) => {
  const { garage, url } = await serve(t);
  const other = await TestClient.connect(t, url);
  await other.subscribe(1, 'garage', { credit: 16 });
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage', { credit: 0 });
  garage.publish();
  garage.publish();
  client.send({ op: 'credit', id: 1, count: 1 });
  t.is((await client.frame()).sequence, 2);
});

test('a subscription that the broker refuses when a credit comes gets an error, and ends', async (t) => {
  const { url } = await serve(t);
  const client = await TestClient.connect(t, url);
  for (let id = 0; id < 5; id++) await client.subscribe(id, 'garage', { width: 100 + id, credit: 0 });
  for (let id = 0; id < 5; id++) client.send({ op: 'credit', id, count: 1 });
  t.like(await client.receive('error'), { code: 'BROKER_TOO_MANY_TOPICS', id: 4 });
  client.send({ op: 'unsubscribe', id: 0 });
  await t.notThrowsAsync(client.subscribe(4, 'garage', { width: 104 }));
});

test('one client gets four renditions of a camera over all its connections; plain frames and other clients are not limited', async (t) => {
  const { url } = await serve(t);
  const refused = { code: 'BROKER_TOO_MANY_TOPICS' };
  const first = await TestClient.connect(t, url, ANN);
  for (let id = 0; id < 4; id++) await first.subscribe(id, 'garage', { width: 100 + id });
  const second = await TestClient.connect(t, url, ANN);
  second.send({ op: 'subscribe', id: 9, camera: 'garage', width: 200 });
  t.like(await second.receive('error'), { ...refused, id: 9 });
  await second.subscribe(1, 'garage');
  await second.subscribe(2, 'printer', { width: 200 });
  const other = await TestClient.connect(t, url, BOB);
  await t.notThrowsAsync(other.subscribe(1, 'garage', { width: 200 }));
});

test('one client may have all connections, until another client needs one', async (t) => {
  const { gateway, url } = await serve(t, { maxConnections: 3 });
  const anns = [];
  for (let i = 0; i < 3; i++) anns.push(await TestClient.connect(t, url, ANN));
  const end = closed((anns[2] as TestClient).socket);
  await TestClient.connect(t, url, BOB);
  t.deepEqual(await end, { code: 1013, reason: 'another client needs the connection' });
  await t.throwsAsync(refusal(url, ANN), { message: /WS_TOO_MANY_CONNECTIONS/ });
  t.deepEqual(gateway.traffic.clientsDropped.toJSON(), { displaced: 1, limit: 1 });
  t.is(gateway.connections, 3);
});

test('the subscriptions of one client are limited over all its connections', async (t) => {
  const { gateway, url } = await serve(t, { maxSubscriptionsPerClient: 3 });
  const first = await TestClient.connect(t, url, ANN);
  for (let id = 0; id < 2; id++) await first.subscribe(id, 'garage');
  const second = await TestClient.connect(t, url, ANN);
  await second.subscribe(1, 'garage');
  second.send({ op: 'subscribe', id: 2, camera: 'garage' });
  const message = 'a client may have 3 subscriptions at a time: unsubscribe one first';
  t.like(await second.receive('error'), { code: 'WS_TOO_MANY_SUBSCRIPTIONS', id: 2, message });
  const other = await TestClient.connect(t, url, BOB);
  await other.subscribe(1, 'garage');
  first.socket.terminate();
  await until('two connections are open', () => gateway.connections === 2);
  await t.notThrowsAsync(second.subscribe(2, 'garage'));
});

test('stalled connections hold a limited number of bytes: those of the client that holds most are closed', async (t) => {
  const { garage, gateway, url } = await serve(t, { maxHeldBytes: 50_000_000 });
  for (const [i, client] of [BOB, ANN, ANN, ANN].entries()) {
    const stuck = await TestClient.connect(t, url, client);
    await stuck.subscribe(1, 'garage', { width: 100 + i });
    stuck.socket.pause();
    garage.publish({ data: new Uint8Array(20_000_000), topic: `garage/jpeg?width=${100 + i}` });
  }
  await until('two clients were dropped', () => gateway.traffic.clientsDropped.toJSON().memory === 2);
  await until('two connections are open', () => gateway.connections === 2);
  t.is(gateway.traffic.of('garage').viewers, 2);
});

test('thousands of messages at once are all answered', async (t) => {
  const { url } = await serve(t);
  const client = await RawClient.connect(t, url, '/ws');
  for (let sent = 1; sent <= 5000; sent++) client.send(`{"op":"time","sent":${sent}}`);
  await until('the last answer was received', () =>
    client.frames.some(({ payload }) => payload.includes('"sent":5000,')),
  );
  t.is(client.frames.filter(({ payload }) => payload.includes('"op":"time"')).length, 5000);
});

test('a client that reads nothing and ends its side is closed at once', async (t) => {
  const { garage, gateway, url } = await serve(t);
  const client = await RawClient.connect(t, url, '/ws/garage');
  client.socket.pause();
  garage.publish({ data: new Uint8Array(20_000_000) });
  client.socket.end();
  await until('no connection is open', () => gateway.connections === 0);
  t.is(gateway.traffic.of('garage').viewers, 0);
});

test('a message of too many fragments closes the connection', async (t) => {
  const { gateway, url } = await serve(t);
  const client = await RawClient.connect(t, url, '/ws');
  // Masked fragments of one byte: a text without end.
  const first = Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x20]);
  const next = Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0x20]);
  client.socket.write(Buffer.concat([first, ...Array.from({ length: 2000 }, () => next)]));
  await client.gone();
  await until('no connection is open', () => gateway.connections === 0);
  t.pass();
});

test('a client that sends requests and pings but reads nothing is no longer read, and holds little memory', async (t) => {
  t.timeout(30_000);
  const { sockets, url } = await serve(t);
  const client = await RawClient.connect(t, url, '/ws');
  client.socket.pause();
  const ping = Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]);
  const time = Buffer.from('{"op":"time","sent":1}');
  const request = Buffer.concat([Buffer.from([0x81, 0x80 + time.length, 0, 0, 0, 0]), time]);
  const flood = Buffer.concat(Array.from({ length: 1000 }, () => [ping, request]).flat());
  const timer = setInterval(() => client.socket.write(flood), 5);
  t.teardown(() => clearInterval(timer));
  const [socket] = sockets;
  await until('the client is not read', () => socket?.isPaused() === true);
  t.true((socket?.writableLength ?? 0) < 400_000, `${socket?.writableLength} bytes wait`);
  clearInterval(timer);
  client.socket.resume();
  await until('the client is read again', () => socket?.isPaused() === false);
});

function refusal(url: string, headers: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((_, reject) => {
    const socket = new WebSocket(`${url}/ws`, ['framehub.v1'], { headers });
    socket.on('error', () => {});
    socket.on('unexpected-response', async (_request, response) => {
      reject(new Error(String((await response.toArray()).join(''))));
    });
  });
}

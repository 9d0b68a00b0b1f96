import { once } from 'node:events';
import { until } from '@framehub/testing';
import test from 'ava';
import { WebSocket } from 'ws';
import { closed, TestClient } from './client.fixture.js';
import { serve } from './gateway.fixture.js';
import { CLOSE, codeOf, PING, RawClient, type RawFrame } from './raw-client.fixture.js';

test('without a subprotocol each message is a JPEG without a header', async (t) => {
  const { garage, hub, url } = await serve(t);
  const socket = new WebSocket(`${url}/ws/garage?width=320&fps=10`);
  t.teardown(() => socket.terminate());
  await once(socket, 'open');
  garage.publish({ data: new Uint8Array(70_000).fill(7) });
  const [data, isBinary] = await once(socket, 'message');
  t.true(isBinary);
  t.deepEqual(data, Buffer.alloc(70_000, 7));
  t.deepEqual(
    hub.broker.topics().map(({ name }) => name),
    ['garage/jpeg?width=320'],
  );
});

for (const [path, code] of [
  ['/ws/attic', 'CAMERA_UNKNOWN'],
  ['/ws/garage?rotate=45', 'RENDITION_INVALID'],
  ['/ws/garage?fps=0', 'WS_BAD_ADDRESS'],
  ['/ws/%E0%A4%A', 'WS_BAD_ADDRESS'],
] as const) {
  test(`${path} is refused before the handshake: ${code}`, async (t) => {
    const { url } = await serve(t);
    t.is((await refusal(new WebSocket(`${url}${path}`))).code, code);
  });
}

for (const offered of ['framehub.v1', 'mqtt']) {
  test(`plain JPEGs are not sent to a client that offers ${offered}: the error names the address for it`, async (t) => {
    const { url } = await serve(t);
    const { code, message } = await refusal(new WebSocket(`${url}/ws/garage`, [offered]));
    t.is(code, 'WS_BAD_SUBPROTOCOL');
    t.regex(message, new RegExp(`^${offered} is not supported at /ws/garage.* connect to /ws for framehub.v1$`));
  });
}

test('one connection too many is refused, until another one is closed', async (t) => {
  const { gateway, url } = await serve(t, { maxConnections: 1 });
  const first = await TestClient.connect(t, url);
  const second = new WebSocket(`${url}/ws`, ['framehub.v1']);
  t.is((await refusal(second)).code, 'WS_TOO_MANY_CONNECTIONS');
  t.deepEqual(gateway.traffic.clientsDropped.toJSON(), { limit: 1 });
  first.socket.close();
  await closed(first.socket);
  await until('no connection is open', () => gateway.connections === 0);
  await t.notThrowsAsync(TestClient.connect(t, url));
});

test('a client that stops reading holds one frame, slows no other client, and is closed', async (t) => {
  const { garage, gateway, sockets, url } = await serve(t, { stallTimeoutMs: 2000 });
  const stuck = await TestClient.connect(t, url);
  await stuck.subscribe(1, 'garage', { credit: 16 });
  const other = await TestClient.connect(t, url);
  await other.subscribe(1, 'garage', { credit: 16 });
  stuck.socket.pause();
  const size = 4_000_000;
  const gone = once(sockets[0] as NonNullable<(typeof sockets)[0]>, 'close');
  let most = 0;
  for (let i = 1; i <= 30; i++) {
    garage.publish({ data: new Uint8Array(size) });
    other.send({ op: 'credit', id: 1, count: 1 });
    t.is((await other.frame()).sequence, i, 'the other client misses no frame');
    most = Math.max(most, sockets[0]?.writableLength ?? 0);
  }
  t.true(most < 1.1 * size, `${most} bytes wait for the client that does not read`);
  await gone;
  t.deepEqual(gateway.traffic.clientsDropped.toJSON(), { stalled: 1 });
  t.is(gateway.connections, 1);
});

test('a client that answers no ping is closed with 1013', async (t) => {
  const { gateway, url } = await serve(t, { pingIntervalMs: 100 });
  const mute = await RawClient.connect(t, url, '/ws');
  const frames = (await mute.gone()).filter(({ opcode }) => opcode === PING || opcode === CLOSE);
  t.deepEqual(
    frames.map(({ opcode }) => opcode),
    [PING, CLOSE],
  );
  t.is(codeOf(frames[1] as RawFrame), 1013);
  t.deepEqual(gateway.traffic.clientsDropped.toJSON(), { stalled: 1 });
  await until('no connection is open', () => gateway.connections === 0);
});

// Serial, as it counts the timers of the process.
test.serial('a thousand connections that open and close leave nothing behind', async (t) => {
  const { hub, gateway, sockets, url } = await serve(t);
  const before = timers();
  for (let round = 0; round < 10; round++) {
    const clients = await Promise.all(Array.from({ length: 100 }, () => TestClient.connect(t, url)));
    await Promise.all(clients.map((client) => client.subscribe(1, 'garage', { credit: 16 })));
    hub.camera('garage').publish();
    await Promise.all(clients.map((client) => client.frame()));
    const ends = [...sockets.slice(-100), ...clients.map(({ socket }) => socket)];
    const gone = ends.map((end) => once(end, 'close'));
    for (const [i, client] of clients.entries()) {
      if (i % 2 === 0) client.socket.close();
      else client.socket.terminate();
    }
    await Promise.all(gone);
  }
  t.is(sockets.length, 1000);
  t.is(gateway.connections, 0);
  t.deepEqual(hub.broker.topics(), []);
  t.is(gateway.traffic.of('garage').viewers, 0);
  t.is(gateway.traffic.of('garage').framesSent, 1000);
  t.is(timers(), before, 'no timer is left');
});

test('closing the gateway closes all connections with 1001', async (t) => {
  const { gateway, url } = await serve(t);
  const clients = await Promise.all([TestClient.connect(t, url), TestClient.connect(t, url)]);
  const ends = clients.map((client) => closed(client.socket));
  await gateway.close();
  for (const end of ends) t.like(await end, { code: 1001 });
});

/** Timers of this process. A gateway without connections has none. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

async function refusal(socket: WebSocket): Promise<{ readonly code: string; readonly message: string }> {
  const [, response] = await once(socket, 'unexpected-response');
  return JSON.parse(String((await response.toArray()).join('')));
}

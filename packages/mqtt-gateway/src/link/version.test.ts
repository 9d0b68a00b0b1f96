import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { Listener, run, says } from '../client.fixture.js';
import { hasMosquitto, Mosquitto } from '../mosquitto.fixture.js';
import { serve } from '../tcp-server.fixture.js';

const mosquittoTest = hasMosquitto ? test : test.skip;

/** A real server behind a proxy that inspects each CONNECT, and passes it on or answers itself. */
async function proxied(t: ExecutionContext, answer: (version: number, nth: number) => 'pass' | 'close' | Buffer) {
  const server = await Mosquitto.start(t);
  const versions: number[] = [];
  const pass = (socket: Socket, first: Buffer): void => {
    const upstream = connect(server.port, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    upstream.write(first);
    socket.pipe(upstream).pipe(socket);
  };
  const url = await serve(t, (socket) => {
    socket.once('data', (first) => {
      const version = first[first.indexOf('MQTT') + 4] ?? 0;
      versions.push(version);
      const reply = answer(version, versions.length);
      if (reply === 'pass') pass(socket, first);
      else if (reply === 'close') socket.end();
      else socket.end(reply);
    });
  });
  const { gateway } = await run(t, { url });
  const client = await Listener.connect(t, server.url, 'framehub/available');
  await client.hear('framehub/available', says('online'));
  return { versions, client, link: () => gateway.stats().link };
}

mosquittoTest('with a server that closes the connection on MQTT 5, 3.1.1 is used', async (t) => {
  const { versions, link } = await proxied(t, (version) => (version === 5 ? 'close' : 'pass'));
  t.like(link(), { connected: true, version: '3.1.1', connects: 1 });
  t.deepEqual(versions, [5, 4, 5, 4], '5 is tried again when the server is known to be up');
});

mosquittoTest('MQTT 5 is not tried again at a server that refuses it explicitly', async (t) => {
  // CONNACK of 3.1.1: unacceptable protocol version.
  const refusal = Buffer.from([0x20, 2, 0, 1]);
  const { versions, link } = await proxied(t, (version) => (version === 5 ? refusal : 'pass'));
  t.like(link(), { connected: true, version: '3.1.1', connects: 1 });
  t.deepEqual(versions, [5, 4]);
});

for (const closed of [1, 2, 3])
  mosquittoTest(`MQTT 5 is used with a server whose proxy closes ${closed} connections until it is up`, async (t) => {
    const { link, client } = await proxied(t, (_, nth) => (nth <= closed ? 'close' : 'pass'));
    t.like(link(), { connected: true, version: '5', connects: 1 });
    t.deepEqual(client.texts('framehub/available'), ['online'], 'and offline is not published in between');
  });

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Logger } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { MqttLink } from './mqtt-link.js';

const CONNACK = { 4: Buffer.from([0x20, 2, 0, 0]), 5: Buffer.from([0x20, 3, 0, 0, 0]) };
const logger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Connects a link with a server that attacks after the handshake. @returns the reported problem, and the bytes sent */
async function problemWith(t: ExecutionContext, version: 4 | 5, attack: (socket: Socket) => void) {
  let sent: Promise<number> = Promise.resolve(0);
  const server = createServer((socket) => {
    t.teardown(() => socket.destroy());
    socket.on('error', () => {});
    sent = once(socket, 'close').then(() => socket.bytesWritten);
    socket.once('data', () => {
      socket.write(CONNACK[version]);
      attack(socket);
    });
    socket.resume();
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const url = `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const options = { url, label: url, clientId: 'a', username: undefined, password: undefined, tls: {} };
  const problem = await new Promise<string>((resolve) => {
    const host = { logger, topic: 'a', optionalTopics: () => [], message() {}, up() {}, down: resolve };
    const link = new MqttLink({ ...options, protocolVersion: version }, host);
    t.teardown(() => link.close());
  });
  return { problem, sent: await sent };
}

for (const version of [4, 5] as const) {
  test(`a message that announces more bytes than the limit is not read (version ${version})`, async (t) => {
    const { problem, sent } = await problemWith(t, version, (socket) =>
      socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1])),
    );
    t.regex(problem, /the MQTT server sends a packet of more than 67108864 bytes/);
    t.true(sent < 100);
  });

  test(`unexpected packets of a server end the connection, and not the process (version ${version})`, async (t) => {
    const { problem } = await problemWith(t, version, (socket) =>
      socket.write(Buffer.concat([Buffer.from([0x62, 0]), Buffer.from([0x34, 3, 0, 0, 0]), Buffer.from([0x10, 0])])),
    );
    t.regex(problem, /the MQTT server sends a packet that is too short/);
  });
}

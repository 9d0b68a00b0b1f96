import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { freePort } from '@framehub/testing';
import type { ExecutionContext } from 'ava';
import type { MqttServer } from './mqtt-server.fixture.js';

/** Source: MQTT 3.1.1, 3.2: CONNACK with return code 1, unacceptable protocol version. */
const REFUSAL = Buffer.from([0x20, 2, 0, 1]);

/** The address of an MQTT server that does not support MQTT 5, and how many connections with it were refused. */
export async function startOldMqttServer(
  t: ExecutionContext,
  target: MqttServer,
): Promise<{ url: string; refused: number }> {
  const state = { url: `mqtt://127.0.0.1:${await freePort()}`, refused: 0 };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (packet) => {
      // The protocol's version follows its name.
      if (packet[packet.indexOf('MQTT') + 4] === 5) {
        state.refused += 1;
        socket.end(REFUSAL);
        return;
      }
      const upstream = connect(target.port, '127.0.0.1');
      upstream.on('error', () => socket.destroy());
      upstream.write(packet);
      socket.pipe(upstream).pipe(socket);
    });
  });
  server.listen(Number(new URL(state.url).port), '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return state;
}

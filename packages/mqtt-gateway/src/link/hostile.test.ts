import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Logger } from '@framehub/frame';
import { FakeHub, until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { run } from '../client.fixture.js';
import type { MqttGateway } from '../gateway.js';
import { number, packet, text } from '../raw-client.fixture.js';
import { serve } from '../tcp-server.fixture.js';

const VERSIONS = [
  { version: '3.1.1', connack: Buffer.from([0x20, 2, 0, 0]), properties: Buffer.alloc(0) },
  { version: '5', connack: Buffer.from([0x20, 3, 0, 0, 0]), properties: Buffer.from([0]) },
] as const;

/** Collects what the link logs. */
function record() {
  const lines: string[] = [];
  const say = (_: object, line: string) => lines.push(line);
  const logger: Logger = { debug() {}, info() {}, warn: say, error: say };
  return { lines, logger };
}

/** A server that accepts each connection, and then attacks it. The gateway reconnects at once. */
async function hostile(
  t: ExecutionContext,
  { version, connack }: (typeof VERSIONS)[number],
  attack: (socket: Socket, nth: number) => void,
) {
  let connections = 0;
  const url = await serve(t, (socket) => {
    connections += 1;
    const nth = connections;
    socket.once('data', () => {
      socket.write(connack);
      attack(socket, nth);
    });
    socket.resume();
  });
  const { lines, logger } = record();
  const reconnect = { minMs: 10, maxMs: 10 };
  const { gateway, hub } = await run(t, { url, version, logger, reconnect }, new FakeHub('garage'));
  return { gateway, hub, lines, connections: () => connections };
}

const codeOf = (gateway: MqttGateway): string | undefined => gateway.stats().link?.error?.code;

for (const kind of VERSIONS) {
  const { version, properties } = kind;
  test.serial(
    `MQTT ${version}: a packet that announces too many bytes ends the connection at its first bytes`,
    async (t) => {
      const huge = packet(0x30, text('framehub/garage/enabled/set'), properties, Buffer.alloc(3_000_000));
      let sent = 0;
      const { gateway, lines, connections } = await hostile(t, kind, (socket) => {
        socket.write(huge.subarray(0, 100));
        socket.once('close', () => {
          sent = socket.bytesWritten;
        });
      });
      await until(() => connections() > 3 && sent > 0);
      await until(() => codeOf(gateway) === 'MQTT_BAD_PACKET');
      t.true(sent < 200);
      t.is(
        lines.filter((line) => /was ended: the MQTT server sends a packet of more than/.test(line)).length,
        1,
        'logged once',
      );
    },
  );

  for (const [what, bytes] of [
    ['pings that were never sent are answered', Buffer.alloc(60_000, Buffer.from([0xd0, 0]))],
    ['messages that were never sent are acknowledged', Buffer.alloc(60_000, Buffer.from([0x40, 2, 0xff, 0xf0]))],
    ['subscriptions are granted in long packets', packet(0x90, number(9), properties, Buffer.alloc(16_000, 1))],
    ['messages that never came are released', Buffer.alloc(4000, Buffer.from([0x62, 0]))],
  ] as const)
    test.serial(`MQTT ${version}: the connection is ended when ${what} without end`, async (t) => {
      const { gateway, connections } = await hostile(t, kind, (socket) => {
        const more = (error?: Error | null): void => {
          if (!error && socket.writable) socket.write(bytes, more);
        };
        more();
      });
      await until(() => connections() > 1);
      await until(() => codeOf(gateway) === 'MQTT_BAD_PACKET');
      t.pass();
    });

  test.serial(`MQTT ${version}: messages of QoS 2 that are never released are not kept`, async (t) => {
    const message = (id: number) =>
      packet(0x34, text('framehub/garage/enabled/set'), number(id), properties, Buffer.alloc(900_000));
    let answered = 0;
    const { gateway } = await hostile(t, kind, (socket) => {
      let id = 0;
      const more = (error?: Error | null): void => {
        id += 1;
        if (!error && id <= 200 && socket.writable) socket.write(message(id), more);
      };
      more();
      socket.on('data', (chunk) => {
        for (let at = chunk.indexOf(0x50); at >= 0; at = chunk.indexOf(0x50, at + 4)) answered += 1;
      });
    });
    await until(() => answered >= 200);
    // Garbage may not be collected yet.
    t.true(process.memoryUsage().arrayBuffers < 120_000_000);
    t.true(gateway.stats().link?.connected);
  });
}

/** Random numbers, the same for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

for (const kind of VERSIONS)
  test.serial(`MQTT ${kind.version}: the process survives any bytes that a server sends`, async (t) => {
    const below = random(kind.version === '5' ? 5 : 4);
    const any = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, () => below(256)));
    const topics = ['framehub/garage/enabled/set', 'homeassistant/status', 'homeassistant/device/x/config', '', '#'];
    const topic = (): Buffer => text(topics[below(topics.length)] ?? '');
    const makers: readonly (() => Buffer)[] = [
      () => packet(0x30 | below(2), topic(), kind.properties, any(below(40))),
      () => packet(0x32 | below(2), topic(), number(below(4)), kind.properties, any(below(40))),
      () => packet(0x34 | below(2), topic(), number(below(4)), kind.properties, any(below(40))),
      () => packet(0x62, any(below(5))),
      () => packet(0x90, number(below(20)), kind.properties, any(below(5))),
      () => packet([0x40, 0x50, 0x70, 0xb0][below(4)] ?? 0, number(below(20)), any(below(3))),
      () => packet(0xe0, any(below(4))),
      () => packet(0x20, any(below(6))),
      () => packet(below(256), any(below(40))),
      () => any(below(40)),
    ];
    const { hub, connections } = await hostile(t, kind, (socket) => {
      const packets = Array.from({ length: 1 + below(12) }, () => {
        const made = makers[below(makers.length)]?.() ?? Buffer.alloc(0);
        if (below(3) === 0 && made.length > 0) made[below(made.length)] = below(256);
        return made;
      });
      const bytes = Buffer.concat(packets);
      const cut = below(bytes.length + 1);
      socket.write(bytes.subarray(0, cut), () => socket.end(bytes.subarray(cut)));
    });
    await until(() => connections() > 400);
    t.true(hub.cameras().length === 1);
  });

/** A WebSocket server that accepts a connection and attacks it. */
async function webSocketServer(t: ExecutionContext, attack: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    t.teardown(() => socket.destroy());
    socket.on('error', () => {});
    socket.once('data', (request) => {
      const key = /sec-websocket-key: (\S+)/i.exec(request.toString())?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`,
      );
      attack(socket);
    });
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  return `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test.serial('a WebSocket frame larger than the largest packet is not read', async (t) => {
  let sent = 0;
  const url = await webSocketServer(t, (socket) => {
    // A binary frame of 64 MB.
    socket.write(Buffer.from([0x82, 127, 0, 0, 0, 0, 4, 0, 0, 0]));
    socket.once('close', () => {
      sent = socket.bytesWritten;
    });
  });
  const { gateway } = await run(t, { url, version: '5' }, new FakeHub('garage'));
  await until(() => codeOf(gateway) === 'MQTT_BAD_PACKET');
  await until(() => sent > 0);
  t.true(sent < 1000);
});

test.serial('a packet that is too large is refused even in many WebSocket frames', async (t) => {
  const url = await webSocketServer(t, (socket) => {
    socket.write(Buffer.from([0x82, 4, 0x20, 2, 0, 0]));
    socket.write(Buffer.from([0x82, 5, 0x30, 0xff, 0xff, 0xff, 0x7f]));
  });
  const { gateway } = await run(t, { url, version: '3.1.1' }, new FakeHub('garage'));
  await until(() => codeOf(gateway) === 'MQTT_BAD_PACKET');
  t.pass();
});

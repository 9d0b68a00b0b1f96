import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { type Running, start } from './command.test.helper.js';

/** Bytes that an attack may make the hub grow by. */
const MAX_GROWTH = 150e6;
const MAX_SIZE = 500e6;
/** Milliseconds that the hub may take to end. */
const MAX_END = 3000;

/** Where the kernel says how large a process is. */
const measured = platform() === 'linux' ? test.serial : test.serial.skip;

function packet(firstByte: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = [0, 7, 14, 21].map((shift) => body.length >> shift).filter((rest, at) => at === 0 || rest > 0);
  const digits = length.map((rest, at) => (rest & 0x7f) | (at < length.length - 1 ? 0x80 : 0));
  return Buffer.concat([Buffer.from([firstByte, ...digits]), body]);
}
const number = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const text = (value: string): Buffer => Buffer.concat([number(value.length), Buffer.from(value)]);
const publish = (topic: string, payload: Buffer, firstByte = 0x30, id?: number): Buffer =>
  packet(firstByte, text(topic), ...(id === undefined ? [] : [number(id)]), payload);
const subscribe = (id: number, filter: string): Buffer => packet(0x82, number(id), text(filter), Buffer.from([0]));

let clients = 0;

async function client(t: ExecutionContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.setMaxListeners(0).on('error', () => {});
  t.teardown(() => socket.destroy());
  clients += 1;
  socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text(`flood${clients}`)));
  await once(socket, 'data');
  return socket.resume();
}

/** Resolves when the kernel has taken it, or the connection has ended, or nothing is taken any more. */
async function send(socket: Socket, bytes: Buffer): Promise<boolean> {
  if (socket.destroyed) return false;
  if (socket.write(bytes)) return true;
  const stop = new AbortController();
  const timeout = AbortSignal.timeout(1000);
  const events = ['drain', 'close'].map((event) =>
    once(socket, event, { signal: AbortSignal.any([stop.signal, timeout]) }).then(
      () => event === 'drain',
      () => false,
    ),
  );
  const isTaken = await Promise.race(events);
  stop.abort();
  return isTaken;
}

const sizeOf = ({ child }: Running): number =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);

/** A hub with a broker of its own. */
async function serve(t: ExecutionContext): Promise<{ hub: Running; port: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'framehub-flood-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const config = join(folder, 'framehub.yaml');
  writeFileSync(
    config,
    `mqtt: { embedded: { port: ${port} }, every: 200ms }\ncameras: { bed: { source: 'pattern:320x240@15' } }\n`,
  );
  const hub = await start(t, ['--config', config]);
  await hub.record(({ msg }) => /^connected to mqtt/.test(msg));
  return { hub, port };
}

const MESSAGE = Buffer.alloc(500_000, 'x');

const floods: Readonly<Record<string, (t: ExecutionContext, port: number) => Promise<void>>> = {
  'messages of QoS 2 that are never released': async (t, port) => {
    const socket = await client(t, port);
    for (let id = 1; id <= 900; id++) if (!(await send(socket, publish('q', MESSAGE, 0x34, id)))) return;
  },
  'retained messages of many topics': async (t, port) => {
    const socket = await client(t, port);
    for (let at = 0; at < 600; at++) if (!(await send(socket, publish(`r/${at}`, MESSAGE, 0x31)))) return;
  },
  'packets that are never completed': async (t, port) => {
    const unfinished = publish('u', Buffer.alloc(1_900_000)).subarray(0, -1);
    const sockets = await Promise.all(Array.from({ length: 95 }, () => client(t, port)));
    for (const socket of sockets) await send(socket, unfinished);
  },
  'subscriptions to very long topics': async (t, port) => {
    for (let at = 0; at < 5; at++) {
      const socket = await client(t, port);
      for (let id = 1; id <= 1000; id++)
        if (!(await send(socket, subscribe(id, `${at}/${id}`.padEnd(65_000, 'x'))))) return;
    }
  },
  'pings whose answers are not read': async (t, port) => {
    const pings = Buffer.alloc(60_000, Buffer.from([0xc0, 0]));
    for (let at = 0; at < 4; at++) {
      const socket = (await client(t, port)).pause();
      for (let sent = 0; sent < 40_000_000; sent += pings.length) if (!(await send(socket, pings))) break;
    }
  },
  'messages to those who do not read': async (t, port) => {
    for (let at = 0; at < 40; at++) {
      const reader = await client(t, port);
      await send(reader, subscribe(1, `s/${at}`));
      reader.pause();
    }
    const writer = await client(t, port);
    for (let at = 0; at < 1000; at++) if (!(await send(writer, publish(`s/${at % 40}`, MESSAGE)))) return;
  },
};

for (const [name, flood] of Object.entries(floods))
  measured(`the hub stays small, and speaks, and ends in time under ${name}`, async (t) => {
    const { hub, port } = await serve(t);
    const before = sizeOf(hub);
    let largest = before;
    const sampler = setInterval(() => {
      largest = Math.max(largest, sizeOf(hub));
    }, 50);
    t.teardown(() => clearInterval(sampler));
    await flood(t, port);
    const late = await client(t, port);
    let heard = '';
    late.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    await send(late, subscribe(1, 'framehub/#'));
    while (!/framehub\/available(..)?online/s.test(heard) || !/framehub\/bed\/snapshot/.test(heard))
      await once(late, 'data');
    clearInterval(sampler);
    t.true(largest - before < MAX_GROWTH, `grown by ${largest - before} bytes`);
    t.true(largest < MAX_SIZE);
    const since = performance.now();
    hub.child.kill('SIGTERM');
    const { code } = await hub.ended;
    t.is(code, 0);
    t.true(performance.now() - since < MAX_END);
  });

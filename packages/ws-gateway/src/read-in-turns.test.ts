import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { LoopTurns } from '@framehub/frame';
import { until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import type { WebSocket } from 'ws';
import { readInTurns } from './read-in-turns.js';

/** Bytes of thousands of messages. */
const PIECE = 60_000;

/** A connection whose near end is read in turns, with the number of bytes passed on. */
async function open(t: ExecutionContext, turns: LoopTurns) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  client.on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.on('error', () => {});
  t.teardown(() => client.destroy());
  const read = { bytes: 0 };
  socket.on('data', (chunk) => {
    read.bytes += chunk.length;
  });
  // Nothing else of the peer is used.
  readInTurns(turns, { isPaused: false } as WebSocket, socket, Buffer.alloc(0));
  return { client, socket, read };
}

test('a client that sends much at once is read in turn with others, and no byte is lost', async (t) => {
  const turns = new LoopTurns();
  const [flooder, other] = [await open(t, turns), await open(t, turns)];
  let before = PIECE;
  other.socket.once('data', () => {
    before = flooder.read.bytes;
  });
  // Both have arrived when the next turn begins, the large one first.
  flooder.client.write(Buffer.alloc(PIECE));
  other.client.write('short');
  await until('the other client was read', () => other.read.bytes > 0);
  t.true(before < PIECE, `${before} bytes were read before`);
  await until('all bytes were read', () => flooder.read.bytes === PIECE);
  t.is(other.read.bytes, 5);
});

test('bytes that were not read before the connection closed are discarded', async (t) => {
  const { client, socket, read } = await open(t, new LoopTurns());
  client.write(Buffer.alloc(PIECE));
  await once(socket, 'data');
  socket.destroy();
  await once(socket, 'close');
  const before = read.bytes;
  for (let turn = 0; turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve));
  t.true(before < PIECE, `${before} bytes were read before`);
  t.is(read.bytes, before);
});

import test from 'ava';
import { packet } from '../raw-client.fixture.js';
import { PacketError, PacketReader } from './packet-reader.js';

const PUBLISH = 0x30;
const message = (length: number): Buffer => packet(PUBLISH, Buffer.alloc(length, 'x'));
const readerOf = (limit: number): PacketReader => new PacketReader((first) => (first === 0xff ? undefined : limit));

/** All packets of a stream, read in chunks of a size. */
function readAll(reader: PacketReader, stream: Buffer, size: number): Buffer[] {
  const packets: Buffer[] = [];
  for (let from = 0; from < stream.length; from += size) {
    const chunk = stream.subarray(from, from + size);
    for (let at = 0; at < chunk.length; ) {
      const { end, packet: complete } = reader.read(chunk, at);
      if (complete) packets.push(complete);
      at = end;
    }
  }
  return packets;
}

test('packets are assembled from chunks of any size', (t) => {
  const packets = [message(300), packet(0xc0), message(100_000), message(0), packet(0xe0), message(127), message(128)];
  for (const size of [1, 2, 3, 7, 301, 65_536, 200_000]) {
    const read = readAll(readerOf(100_000), Buffer.concat(packets), size);
    t.true(Buffer.concat(read).equals(Buffer.concat(packets)));
    t.is(read.length, packets.length, `${size}`);
  }
});

test('a packet that announces too many bytes is refused before they arrive', (t) => {
  const reader = readerOf(1000);
  t.is(readAll(reader, message(1000), 4096).length, 1);
  t.throws(() => reader.read(message(1001).subarray(0, 3), 0), {
    instanceOf: PacketError,
    message: /at most 1000 are allowed/,
  });
});

test('an endless length and an invalid type are refused', (t) => {
  const endless = Buffer.from([PUBLISH, 0x80, 0x80, 0x80, 0x80]);
  t.throws(() => readerOf(1e9).read(endless, 0), { instanceOf: PacketError });
  t.throws(() => readerOf(1e9).read(Buffer.from([0xff]), 0), { instanceOf: PacketError });
});

test('an incomplete packet holds what has arrived of it, and not what it announces', (t) => {
  const reader = readerOf(1e8);
  const announced = message(5_000_000);
  t.is(readAll(reader, announced.subarray(0, 10), 1).length, 0);
  t.true(reader.isUnfinished && reader.held <= 1024);
  readAll(reader, announced.subarray(10, 100_000), 1);
  t.true(reader.held <= 200_000, `${reader.held}`);
  t.is(readAll(reader, announced.subarray(100_000), 65_536).length, 1);
  t.is(reader.held, 0);
  t.false(reader.isUnfinished);
});

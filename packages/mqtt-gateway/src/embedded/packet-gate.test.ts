import test from 'ava';
import { PacketGate } from './packet-gate.js';

const packet = (length: number): Buffer =>
  Buffer.concat([Buffer.from([0x30, (length & 127) | 128, length >> 7]), Buffer.alloc(length)]);

test('packets pass that are small enough, however they are cut', (t) => {
  const stream = Buffer.concat([packet(300), Buffer.from([0xc0, 0]), packet(1000), Buffer.from([0xe0, 0])]);
  for (const size of [1, 2, 3, 7, 301, stream.length]) {
    const gate = new PacketGate(1000);
    for (let at = 0; at < stream.length; at += size) t.true(gate.admits(stream.subarray(at, at + size)));
  }
});

test('one that announces more is stopped before any of it has come', (t) => {
  const gate = new PacketGate(1000);
  t.true(gate.admits(packet(1000)));
  t.false(gate.admits(packet(1001).subarray(0, 3)));
});

test('a length that never ends is none', (t) => {
  t.false(new PacketGate(1e9).admits(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80])));
});

import test, { type ExecutionContext } from 'ava';
import { MqttFault, MqttGuard } from './mqtt-guard.js';

const packet = (firstByte: number, length: number): Buffer => {
  const digits = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from([firstByte, ...digits]), Buffer.alloc(length)]);
};
const refuses = (t: ExecutionContext, bytes: Buffer, message: RegExp): void => {
  t.throws(() => new MqttGuard(1000).check(bytes), { instanceOf: MqttFault, message });
};

test('packets of a server pass, in whatever chunks', (t) => {
  const stream = Buffer.concat([
    packet(0x20, 2),
    packet(0x30, 1000),
    packet(0x34, 300),
    packet(0x40, 2),
    packet(0x50, 2),
    packet(0x62, 2),
    packet(0x70, 2),
    packet(0xb0, 2),
    packet(0x90, 3),
    packet(0x90, 200),
    packet(0xd0, 0),
    packet(0xe0, 1),
  ]);
  for (const size of [1, 2, 3, 7, 301, stream.length]) {
    const guard = new MqttGuard(1000);
    for (let at = 0; at < stream.length; at += size) t.notThrows(() => guard.check(stream.subarray(at, at + size)));
  }
});

test('a packet that announces too many bytes is refused before any of them arrives', (t) => {
  refuses(t, packet(0x30, 1001).subarray(0, 3), /a packet of more than 1000 bytes/);
  refuses(t, Buffer.from([0x90, 0x81, 0x80, 0x01]), /a packet of more than 16384 bytes/);
  refuses(t, Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]), /without a length/);
});

test('packets that only clients send, and packets that are too short, are refused', (t) => {
  for (const firstByte of [0x00, 0x10, 0x82, 0xa2, 0xc0, 0xf0]) refuses(t, packet(firstByte, 2), /not requested/);
  for (const firstByte of [0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xb0]) refuses(t, packet(firstByte, 1), /too short/);
});

test('endless responses are refused, whether many or long', (t) => {
  const pings = Buffer.alloc(2 * 20_000, Buffer.from([0xd0, 0]));
  refuses(t, pings, /more than 2000 responses per second/);
  refuses(t, Buffer.concat(Array.from({ length: 20 }, () => packet(0x90, 16_000))), /or long ones/);
});

test('a packet in very many chunks is refused', (t) => {
  const guard = new MqttGuard(10_000_000);
  guard.check(Buffer.from([0x30, 0x80, 0x80, 0x04]));
  t.throws(
    () => {
      for (let at = 0; at < 65_536; at++) guard.check(Buffer.alloc(1));
    },
    { instanceOf: MqttFault, message: /too many chunks/ },
  );
  const honest = new MqttGuard(10_000_000);
  honest.check(Buffer.from([0x30, 0x80, 0x80, 0x04]));
  t.notThrows(() => {
    for (let at = 0; at < 65_536; at += 512) honest.check(Buffer.alloc(512));
  });
});

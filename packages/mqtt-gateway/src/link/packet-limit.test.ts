import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { PacketLimit } from './packet-limit.js';

test('a connection that ends twice on a large packet reveals the limit', (t) => {
  const limit = new PacketLimit(silentLogger);
  limit.sending('a', 1_000_000);
  limit.disconnected();
  t.is(limit.bytes, Number.POSITIVE_INFINITY, 'once may be chance');
  limit.sending('a', 1_000_100);
  limit.disconnected();
  t.is(limit.bytes, 750_075);
  t.throws(() => limit.sending('a', 1_000_000), { code: 'MQTT_TOO_LARGE' });
});

test('neither an acknowledged packet nor a small one is the cause', (t) => {
  const limit = new PacketLimit(silentLogger);
  for (let i = 0; i < 5; i++) {
    limit.sending('a', 1_000_000).sent(true);
    limit.sending('a', 60_000);
    limit.disconnected();
  }
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
});

test('an acknowledged packet of a similar size in between clears the suspicion', (t) => {
  const limit = new PacketLimit(silentLogger);
  // Frames vary in size, and servers restart.
  for (const bytes of [1_000_000, 960_000, 1_020_000, 950_000, 1_010_000]) {
    limit.sending('a', bytes);
    limit.disconnected();
    limit.sending('a', bytes * 0.93).sent(true);
  }
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
});

test('a smaller acknowledged packet in between does not', (t) => {
  const limit = new PacketLimit(silentLogger);
  limit.sending('a', 1_000_000);
  limit.disconnected();
  limit.sending('a', 800_000).sent(true);
  limit.sending('a', 980_000);
  limit.disconnected();
  t.is(limit.bytes, 735_000);
});

test('an acknowledged packet confirms those in flight that are not larger', (t) => {
  const limit = new PacketLimit(silentLogger);
  for (let round = 0; round < 3; round++) {
    limit.sending('a', 900_000);
    limit.sending('b', 1_000_000).sent(true);
    limit.disconnected();
  }
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
});

test('of the packets in flight, the largest is the cause, not the last', (t) => {
  const limit = new PacketLimit(silentLogger);
  for (let round = 0; round < 2; round++) {
    limit.sending('a', 1_000_000).sent(false);
    limit.sending('b', 100_000).sent(false);
    limit.disconnected();
  }
  t.is(limit.bytes, 750_000);
});

test('a packet that only the kernel took may be the cause', (t) => {
  const limit = new PacketLimit(silentLogger);
  for (let i = 0; i < 2; i++) {
    limit.sending('a', 1_000_000).sent(false);
    limit.disconnected();
  }
  t.is(limit.bytes, 750_000);
});

test('a packet that the connection survived counts as acknowledged', (t) => {
  let now = 0;
  const limit = new PacketLimit(silentLogger, () => now);
  for (const bytes of [1_000_000, 960_000, 1_000_000, 970_000]) {
    limit.sending('a', bytes * 0.95).sent(false);
    now += 1500;
    limit.sending('a', bytes).sent(false);
    now += 100;
    limit.disconnected();
  }
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
});

test('a limit that the server states replaces a discovered one', (t) => {
  const limit = new PacketLimit(silentLogger);
  for (let i = 0; i < 2; i++) {
    limit.sending('a', 1_000_000);
    limit.disconnected();
  }
  t.is(limit.bytes, 750_000);
  limit.connected(Number.POSITIVE_INFINITY);
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
  for (let i = 0; i < 3; i++) {
    limit.sending('a', 1_000_000);
    limit.disconnected();
  }
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
});

test('a stated limit holds until the next connection', (t) => {
  const limit = new PacketLimit(silentLogger);
  limit.connected(1000);
  limit.disconnected();
  t.is(limit.bytes, 1000);
  t.throws(() => limit.sending('a', 1001), {
    code: 'MQTT_TOO_LARGE',
    message: 'the message for a has 1001 bytes, but the MQTT server takes 1000',
  });
  limit.connected(undefined);
  t.notThrows(() => limit.sending('a', 1001));
});

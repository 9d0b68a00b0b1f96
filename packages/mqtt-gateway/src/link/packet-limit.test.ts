import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { PacketLimit } from './packet-limit.js';

test('a connection that ends twice on a large packet has found its limit', (t) => {
  const limit = new PacketLimit(silentLogger);
  limit.sending('a', 1_000_000);
  limit.lost();
  t.is(limit.bytes, Number.POSITIVE_INFINITY, 'once may be chance');
  limit.sending('a', 1_000_100);
  limit.lost();
  t.is(limit.bytes, 750_075);
  t.throws(() => limit.sending('a', 1_000_000), { code: 'MQTT_TOO_LARGE' });
});

test('a packet that was taken is not to blame, nor a small one', (t) => {
  const limit = new PacketLimit(silentLogger);
  for (let i = 0; i < 5; i++) {
    limit.sending('a', 1_000_000).taken(true);
    limit.sending('a', 60_000);
    limit.lost();
  }
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
});

test('one that was taken in between clears the suspicion', (t) => {
  const limit = new PacketLimit(silentLogger);
  limit.sending('a', 1_000_000);
  limit.lost();
  limit.sending('a', 1_000_000).taken(true);
  limit.lost();
  limit.sending('a', 1_000_000);
  limit.lost();
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
});

test('one that went to the kernel only may be to blame still', (t) => {
  const limit = new PacketLimit(silentLogger);
  for (let i = 0; i < 2; i++) {
    limit.sending('a', 1_000_000).taken(false);
    limit.lost();
  }
  t.is(limit.bytes, 750_000);
});

test('what the broker told holds until another one tells', (t) => {
  const limit = new PacketLimit(silentLogger);
  limit.told(1000);
  limit.lost();
  t.is(limit.bytes, 1000);
  t.throws(() => limit.sending('a', 1001), {
    code: 'MQTT_TOO_LARGE',
    message: '1001 bytes for a are too much for the broker: it takes 1000',
  });
  limit.told(Number.POSITIVE_INFINITY);
  t.notThrows(() => limit.sending('a', 1001));
});

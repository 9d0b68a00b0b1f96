import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { PacketLimit } from './packet-limit.js';

test('a connection that ends twice on a large packet has found its limit', (t) => {
  const limit = new PacketLimit(silentLogger);
  limit.sending(1_000_000);
  limit.lost();
  t.is(limit.bytes, Number.POSITIVE_INFINITY, 'once may be chance');
  limit.sending(1_000_100);
  limit.lost();
  t.is(limit.bytes, 750_075);
});

test('a packet that was taken is not to blame, nor a small one', (t) => {
  const limit = new PacketLimit(silentLogger);
  for (let i = 0; i < 5; i++) {
    limit.sending(1_000_000).taken(true);
    limit.sending(60_000);
    limit.lost();
  }
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
});

test('one that was taken in between clears the suspicion', (t) => {
  const limit = new PacketLimit(silentLogger);
  limit.sending(1_000_000);
  limit.lost();
  limit.sending(1_000_000).taken(true);
  limit.lost();
  limit.sending(1_000_000);
  limit.lost();
  t.is(limit.bytes, Number.POSITIVE_INFINITY);
});

test('one that went to the kernel only may be to blame still', (t) => {
  const limit = new PacketLimit(silentLogger);
  for (let i = 0; i < 2; i++) {
    limit.sending(1_000_000).taken(false);
    limit.lost();
  }
  t.is(limit.bytes, 750_000);
});

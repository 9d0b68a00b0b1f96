import test from 'ava';
import { addressShare, Seats } from './seats.js';

test('an address that has most gives its newest place to one that has fewer', (t) => {
  const seats = new Seats(4);
  const evicted: string[] = [];
  const enter = (address: string, name: string) => seats.enter(address, () => evicted.push(name));
  for (const name of ['a1', 'a2', 'a3', 'a4']) t.truthy(enter('a', name));
  t.is(enter('a', 'a5'), undefined, 'not for its own');
  t.truthy(enter('b', 'b1'));
  t.deepEqual(evicted, ['a4']);
  t.truthy(enter('b', 'b2'));
  t.deepEqual(evicted, ['a4', 'a3']);
  t.is(enter('b', 'b3'), undefined, 'nor to change places for ever');
  for (const address of ['c', 'd']) t.truthy(enter(address, `${address}1`));
  t.deepEqual(evicted, ['a4', 'a3', 'a2', 'b2']);
  t.is(enter('e', 'e1'), undefined, 'nobody has more than one');
});

test('a place is given back once', (t) => {
  const seats = new Seats(2);
  const leave = seats.enter('a', () => {});
  t.truthy(seats.enter('a', () => {}));
  leave?.();
  leave?.();
  t.truthy(seats.enter('b', () => {}));
  t.is(
    seats.enter('c', () => {}),
    undefined,
  );
});

test('of IPv6 a whole network is one address, and IPv4 in IPv6 is IPv4', (t) => {
  t.is(addressShare('2001:db8::1'), addressShare('2001:db8:0:0:ffff::2'));
  t.not(addressShare('2001:db8:0:1::1'), addressShare('2001:db8::1'));
  t.is(addressShare('fe80::1%eth0'), addressShare('fe80::2'));
  t.is(addressShare('::ffff:192.0.2.1'), '192.0.2.1');
  t.is(addressShare('192.0.2.1'), '192.0.2.1');
  t.is(addressShare('::1'), '0:0:0:0::/64');
});

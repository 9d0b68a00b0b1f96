import test from 'ava';
import { plainAddress, shareKey } from './share-key.js';

for (const [address, key] of [
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
  ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::a:b:c:d:e', '2001:db8:0:a::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['nonsense', 'nonsense'],
  [undefined, ''],
] as const) {
  test(`${address} counts as ${key}`, (t) => t.is(shareKey(address), key));
}

test('an address has one spelling', (t) => {
  t.is(plainAddress('2001:0DB8:0:0::1'), plainAddress('2001:db8::1'));
  t.is(plainAddress('::ffff:10.0.0.1'), '10.0.0.1');
});

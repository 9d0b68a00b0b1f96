import test from 'ava';
import { addressRanges, isAddressRange, plainAddress, shareKey } from './addresses.js';
import { maskedAddress, maskedText } from './masking.js';

for (const [address, shown] of [
  ['http://cam.local:8080/live/SECRET/stream', 'http://cam.local:8080/…'],
  ['http://SECRET:SECRET@cam.local/', 'http://cam.local/'],
  ['https://SECRET@cam.local/user=admin_password=SECRET', 'https://cam.local/…'],
  ['http://cam.local?SECRET', 'http://cam.local/…'],
  ['http://cam.local/#SECRET', 'http://cam.local/…'],
  ['http://[::1]:81/', 'http://[::1]:81/'],
  ['mqtt://SECRET:SECRET@broker', 'mqtt://broker'],
  ['ws://broker:9001/SECRET', 'ws://broker:9001/…'],
  ['SECRET', '…'],
  ['http://SECRET:99999/', '…'],
  ['data:SECRET', '…'],
] as const) {
  test(`a URL is shown as scheme, host and port: ${address}`, (t) => {
    t.is(maskedAddress(address), shown);
    if (URL.canParse(address)) t.is(maskedAddress(new URL(address)), shown);
  });
}

for (const [text, shown] of [
  ['garage=http://SECRET:SECRET@cam:99999/SECRET', 'garage=http://…@cam:99999/…'],
  ['ftp://SECRET:SECRET@host/SECRET', 'ftp://…@host/…'],
  ['SECRET:SECRET@host/SECRET', '…@host/…'],
  ['//SECRET:SECRET@host/SECRET', '//…@host/…'],
  ['http:/SECRET:SECRET@host/SECRET', 'http:/…@host/…'],
  ['https:host/SECRET', 'https:host/…'],
  ['http:\\\\SECRET@host\\SECRET', 'http:\\\\…@host/…'],
  ['http://SECRET/SECRET@host?SECRET', 'http://…@host/…'],
  ['http://SECRET@host:SECRET@host2#SECRET', 'http://…@host2/…'],
  ['["http://SECRET@a/SECRET","http://SECRET@b/SECRET"]', '["http://…@b/…'],
  ['http://cam/SECRET is not it', 'http://cam/…'],
  ['http://cam/', 'http://cam/'],
  ['http://cam', 'http://cam'],
  ['me@host http://cam/SECRET', '…@host http:/…'],
] as const) {
  test(`a text is shown without the secrets of a URL in it: ${text}`, (t) => t.is(maskedText(text), shown));
}

for (const text of [
  '/dev/video0',
  'usb:046d:082d:1',
  'port:usb-0000:00:14.0-1',
  'file:/home/me/x',
  '',
  '50 Hz',
  'ann: x',
])
  test(`a text without an address is unchanged: "${text}"`, (t) => t.is(maskedText(text), text));

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

test('addresses and networks of both versions', (t) => {
  for (const text of ['127.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', 'fd00::/8', '::ffff:10.0.0.0/104']) {
    t.true(isAddressRange(text), text);
  }
  for (const text of [
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/',
    '::1/129',
    'fe80::1%eth0',
    '1.2.3.4/-1',
  ]) {
    t.false(isAddressRange(text), text);
  }
});

test('an address belongs to a network however it is spelled', (t) => {
  const includes = addressRanges(['10.0.0.0/8', 'fd00::/8', '192.0.2.7']);
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '192.0.2.7', '::ffff:192.0.2.7']) {
    t.true(includes(address), address);
  }
  for (const address of ['11.0.0.1', 'fe80::1', '192.0.2.8', '', 'nonsense', undefined]) {
    t.false(includes(address), String(address));
  }
  t.false(addressRanges([])('127.0.0.1'));
});

import test from 'ava';
import { addressRanges, isAddressRange } from './address-range.js';

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

import test from 'ava';
import { maskedAddress, maskedText } from './address.js';

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
  test(`an address is shown as scheme, host and port: ${address}`, (t) => {
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
  test(`a text is shown without what an address in it may hide: ${text}`, (t) => t.is(maskedText(text), shown));
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
  test(`a text without an address is left as it is: "${text}"`, (t) => t.is(maskedText(text), text));

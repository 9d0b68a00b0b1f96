import test from 'ava';
import { serverOf, wishesOf } from './wishes.js';

const elementWith = (attributes: Record<string, string>) => ({
  getAttribute: (name: string): string | null => attributes[name] ?? null,
});

test('attributes are the options of a subscription', (t) => {
  const attributes = { 'max-fps': '0.5', width: '640', quality: '70', rotate: '270', flip: 'both', credit: '1' };
  t.deepEqual(wishesOf(elementWith(attributes)), {
    maxFps: 0.5,
    width: 640,
    quality: 70,
    rotate: 270,
    flip: 'both',
    credit: 1,
  });
});

test('an attribute that is not there, or empty, asks for nothing', (t) => {
  t.deepEqual(wishesOf(elementWith({ width: '', 'max-fps': ' ' })), {});
});

for (const [attribute, value, message] of [
  ['rotate', '45', 'rotate="45" is not possible: allowed is 0, 90, 180, 270'],
  ['max-fps', 'abc', 'max-fps="abc" is not possible: allowed is a number from 0.1 to 1000'],
  ['max-fps', '0', 'max-fps="0" is not possible: allowed is a number from 0.1 to 1000'],
  ['width', '640px', 'width="640px" is not possible: allowed is a whole number from 16 to 8192'],
  ['width', '640.5', 'width="640.5" is not possible: allowed is a whole number from 16 to 8192'],
  ['quality', '0', 'quality="0" is not possible: allowed is a whole number from 1 to 100'],
  ['flip', 'sideways', 'flip="sideways" is not possible: allowed is none, horizontal, vertical, both'],
  ['credit', '32', 'credit="32" is not possible: allowed is a whole number from 1 to 16'],
] as const)
  test(`refused: ${message}`, (t) => {
    t.throws(() => wishesOf(elementWith({ [attribute]: value })), { message });
  });

test('a long value is cut in the message', (t) => {
  const error = t.throws(() => wishesOf(elementWith({ flip: 'x'.repeat(10_000) })));
  t.true((error?.message.length ?? 0) < 150);
});

test('a hub is named by an address of HTTP or WebSocket', (t) => {
  for (const src of ['http://pi:8090', 'wss://house.lan/cameras/ws']) t.is(serverOf(elementWith({ src })), src);
  t.is(serverOf(elementWith({})), undefined);
  for (const src of ['pi 4', 'ftp://pi', 'http://'])
    t.throws(() => serverOf(elementWith({ src })), {
      message: `src="${src}" is not possible: allowed is a path, or an address that begins with http:// or https://`,
    });
});

import test from 'ava';
import { readServer, readSubscribeOptions } from './attributes.js';

const elementWith = (attributes: Record<string, string>) => ({
  getAttribute: (name: string): string | null => attributes[name] ?? null,
});

test('attributes are the options of a subscription', (t) => {
  const attributes = { fps: '0.5', width: '640', quality: '70', rotate: '270', flip: 'both', credit: '1' };
  t.deepEqual(readSubscribeOptions(elementWith(attributes)), {
    fps: 0.5,
    width: 640,
    quality: 70,
    rotate: 270,
    flip: 'both',
    credit: 1,
  });
});

test('a missing or empty attribute is ignored', (t) => {
  t.deepEqual(readSubscribeOptions(elementWith({ width: '', fps: ' ' })), {});
});

for (const [attribute, value, message] of [
  ['rotate', '45', 'rotate must be 0, 90, 180 or 270, not 45'],
  ['fps', 'abc', 'fps must be a number from 0.1 to 1000, not abc'],
  ['fps', '0', 'fps must be a number from 0.1 to 1000, not 0'],
  ['width', '640px', 'width must be a whole number from 16 to 8192, not 640px'],
  ['width', '640.5', 'width must be a whole number from 16 to 8192, not 640.5'],
  ['quality', '0', 'quality must be a whole number from 1 to 100, not 0'],
  ['flip', 'sideways', 'flip must be none, horizontal, vertical or both, not sideways'],
  ['credit', '32', 'credit must be a whole number from 1 to 16, not 32'],
] as const)
  test(`refused: ${message}`, (t) => {
    t.throws(() => readSubscribeOptions(elementWith({ [attribute]: value })), { message });
  });

test('a long value is cut in the message', (t) => {
  const error = t.throws(() => readSubscribeOptions(elementWith({ flip: 'x'.repeat(10_000) })));
  t.true((error?.message.length ?? 0) < 150);
});

test('the address of a hub is that of HTTP or of its WebSocket', (t) => {
  for (const src of ['http://pi:8090', 'wss://home.lan/cameras/ws']) t.is(readServer(elementWith({ src })), src);
  t.is(readServer(elementWith({})), undefined);
  for (const src of ['pi 4', 'ftp://pi', 'http://'])
    t.throws(() => readServer(elementWith({ src })), {
      message: `src must be a path, or an address that begins with http:// or https://, not ${src}`,
    });
});

import type { ClientMessage } from '@framehub/frame/protocol';
import test from 'ava';
import { readClientMessage } from './messages.js';

/** Typed by the protocol: the compiler and the schema must agree on each. */
const MESSAGES: readonly ClientMessage[] = [
  { op: 'subscribe', id: 1, camera: 'garage' },
  { op: 'subscribe', id: 1, camera: 'garage', fps: 0.5, width: 64, quality: 70, rotate: 90, flip: 'both', credit: 1 },
  { op: 'credit', id: 1 },
  { op: 'credit', id: 1, count: 16 },
  { op: 'unsubscribe', id: 1 },
  { op: 'time', sent: 1.5 },
  { op: 'getControls', requestId: 1, camera: 'garage' },
  { op: 'setControls', requestId: 1, camera: 'garage', values: { brightness: 7, auto: true, mode: 'Manual' } },
  {
    op: 'setSettings',
    requestId: 1,
    camera: 'garage',
    settings: { size: { width: 640, height: 480 }, fps: null, rotate: 90, enabled: true },
  },
];

for (const message of MESSAGES) {
  test(`a message of the protocol is read: ${JSON.stringify(message)}`, (t) => {
    t.like(readClientMessage(JSON.stringify(message)), { ...message });
  });
}

test('the error of an invalid message names the key, what is allowed and the value', (t) => {
  t.throws(() => readClientMessage('{"op":"subscribe","id":1,"camera":"garage","fps":0}'), {
    code: 'WS_BAD_MESSAGE',
    message: 'fps must be a number from 0.1 to 1000, not 0',
  });
});

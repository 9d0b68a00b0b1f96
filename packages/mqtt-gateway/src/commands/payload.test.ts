import test from 'ava';
import { readControlValue, readFrameRequest, readProfile, readSnapshotCommand } from './payload.js';

const size = "'max' or WIDTHxHEIGHT such as 1280x720, each from 16 to 8192";
const id = 'a number, or a text of up to 256 printable characters';
const command = 'empty, or JSON such as {"width": 640}';
const keys = 'the keys are id, width, quality, rotate, flip, fresh, size';

for (const [text, message] of [
  ['{"widht": 640}', 'unknown key widht: did you mean width?'],
  ['{"__proto__": 1}', `unknown key __proto__: ${keys}`],
  ['{"fresh": "yes"}', 'fresh must be true or false, not yes'],
  ['{"size": "large"}', `size must be ${size}, not large`],
  ['{"size": "0x1"}', `size must be ${size}, not 0x1`],
  ['{"size": {"width": 0, "height": 1}}', `size must be ${size}, not {"width":0,"height":1}`],
  ['{"size": {"width": 64, "height": 48, "depth": 1}}', 'unknown key size.depth: the keys are width, height'],
  ['{"size": {"width": 64.5, "height": 48}}', `size must be ${size}, not {"width":64.5,"height":48}`],
  ['{"width": {}}', 'width must be a number or a text, not {}'],
  ['{"id": true}', `id must be ${id}, not true`],
  ['[1]', `the command must be ${command}, not [1]`],
  ['null', `the command must be ${command}, not null`],
  ['now', `the command must be ${command}, not now`],
] as const) {
  test(`the snapshot command ${text} is rejected with what is allowed`, (t) => {
    t.throws(() => readSnapshotCommand(Buffer.from(text)), { code: 'MQTT_BAD_COMMAND', message });
  });
}

test('an id that is too long is not repeated in full', (t) => {
  const payload = Buffer.from(JSON.stringify({ id: 'x'.repeat(300) }));
  t.throws(() => readSnapshotCommand(payload), { message: `id must be ${id}, not ${'x'.repeat(60)}…` });
});

test('a request for frames is rejected with what is allowed, too', (t) => {
  const message = 'fps must be a number above 0, not -1';
  t.throws(() => readFrameRequest(Buffer.from('{"fps": -1}')), { code: 'MQTT_BAD_COMMAND', message });
  t.throws(() => readFrameRequest(Buffer.from('{"rate": 1}')), {
    message: 'unknown key rate: the keys are fps, width',
  });
});

test('a value with a line break is shown on one line, with the whole message', (t) => {
  t.throws(() => readSnapshotCommand(Buffer.from('{"rotate": "9\\n0"}')), {
    code: 'RENDITION_INVALID',
    message: 'rotate must be 0, 90, 180 or 270, not 9 0',
  });
  const error = {
    code: 'MQTT_BAD_COMMAND',
    message: 'the command must be one line without control characters, not 9 0',
  };
  t.throws(() => readControlValue(Buffer.from('9\n0'), undefined), error);
  t.throws(() => readProfile(Buffer.from('9\u20280'), []), error);
});

test('an empty payload, a button press and JSON are commands', (t) => {
  const nothing = { id: undefined, rendition: {}, fresh: false, size: undefined };
  for (const text of ['', ' ', 'PRESS', '{}']) t.deepEqual(readSnapshotCommand(Buffer.from(text)), nothing);
  const full = '{"id": 7, "width": "640", "rotate": 90, "fresh": true, "size": "1920x1080"}';
  t.deepEqual(readSnapshotCommand(Buffer.from(full)), {
    id: 7,
    rendition: { width: 640, rotate: 90 },
    fresh: true,
    size: { width: 1920, height: 1080 },
  });
});

import test from 'ava';
import { readControlValue, readProfile, readSnapshotCommand, readWish } from './payload.js';

const size = '"max", "1920x1080" or {"width": 1920, "height": 1080}';

for (const [text, message] of [
  ['{"widht": 640}', "there is no key 'widht': allowed is id, width, quality, rotate, flip, fresh, size"],
  ['{"__proto__": 1}', "there is no key '__proto__': allowed is id, width, quality, rotate, flip, fresh, size"],
  ['{"fresh": "yes"}', 'fresh="yes" is not possible: allowed is true or false'],
  ['{"size": "large"}', `size="large" is not possible: allowed is ${size}`],
  ['{"size": {"width": 0, "height": 1}}', `size={"width":0,"height":1} is not possible: allowed is ${size}`],
  [
    '{"size": {"width": 1, "height": 1, "depth": 1}}',
    `size={"width":1,"height":1,"depth":1} is not possible: allowed is ${size}`,
  ],
  ['{"width": {}}', 'width={} is not possible: allowed is a number or a text'],
  ['{"id": true}', 'id=true is not possible: allowed is a number, or a text of up to 256 printable characters'],
  ['[1]', '\'[1]\' is not possible: allowed is nothing at all, or JSON such as {"width": 640}'],
  ['null', '\'null\' is not possible: allowed is nothing at all, or JSON such as {"width": 640}'],
  ['now', '\'now\' is not possible: allowed is nothing at all, or JSON such as {"width": 640}'],
] as const) {
  test(`a snapshot that is asked for with ${text} is told what is allowed`, (t) => {
    t.throws(() => readSnapshotCommand(Buffer.from(text)), { code: 'MQTT_BAD_COMMAND', message });
  });
}

test('an id that is too long is not repeated in full', (t) => {
  const error = t.throws(() => readSnapshotCommand(Buffer.from(JSON.stringify({ id: 'x'.repeat(300) }))));
  t.regex(
    error?.message ?? '',
    /^id="x{99}… is not possible: allowed is a number, or a text of up to 256 printable characters$/,
  );
});

test('a wish for frames is told what is allowed, too', (t) => {
  const message = 'fps=-1 is not possible: allowed is a number above 0';
  t.throws(() => readWish(Buffer.from('{"fps": -1}')), { code: 'MQTT_BAD_COMMAND', message });
  t.throws(() => readWish(Buffer.from('{"rate": 1}')), { message: "there is no key 'rate': allowed is fps, width" });
});

test('a value with a line break is shown on one line, with all that is to be said of it', (t) => {
  t.throws(() => readSnapshotCommand(Buffer.from('{"rotate": "9\\n0"}')), {
    code: 'RENDITION_INVALID',
    message: 'rotate=9 0 is not possible: allowed is 0, 90, 180, 270',
  });
  const error = {
    code: 'MQTT_BAD_COMMAND',
    message: "'9 0' is not possible: allowed is one line without control characters",
  };
  t.throws(() => readControlValue(Buffer.from('9\n0'), undefined), error);
  t.throws(() => readProfile(Buffer.from('9\u20280'), []), error);
});

test('nothing, a button and JSON are commands', (t) => {
  const nothing = { id: undefined, rendition: {}, fresh: false, size: undefined };
  for (const text of ['', ' ', 'PRESS', '{}']) t.deepEqual(readSnapshotCommand(Buffer.from(text)), nothing);
  const command = '{"id": 7, "width": "640", "rotate": 90, "fresh": true, "size": "1920x1080"}';
  t.deepEqual(readSnapshotCommand(Buffer.from(command)), {
    id: 7,
    rendition: { width: 640, rotate: 90 },
    fresh: true,
    size: { width: 1920, height: 1080 },
  });
});

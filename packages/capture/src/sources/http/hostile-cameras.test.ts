import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { Camera } from '../../camera.js';
import { SMALL } from '../../using-camera.test.helper.js';
import { until } from '../../watch-state.test.helper.js';
import { take } from '../describe-source.test.helper.js';
import { jpegOf } from '../test-jpegs.test.helper.js';
import { MultipartReader } from './multipart-reader.js';

const MB = 1024 * 1024;
const CLOSED_IN_TIME_MS = 1500;
/** Beside the code and the heap of this process, and its other cameras. */
const MOST_MEMORY = 250 * MB;
const image = jpegOf(1, 16, 16);

/** Sends to one connection as long as it lasts. */
type Attack = (socket: Socket) => void;

/** As fast as the client reads. */
function flood(head: string, piece: Buffer | string): Attack {
  const block = Buffer.concat(Array.from({ length: Math.ceil(65_536 / piece.length) }, () => Buffer.from(piece)));
  return (socket) => {
    const more = (): void => {
      while (socket.writable && socket.write(block));
    };
    socket.write(head);
    socket.on('drain', more);
    more();
  };
}

/** Some bytes at once, and then one now and then. */
function trickle(head: string, byte = 'x'): Attack {
  return (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(byte), 100);
    socket.on('close', () => clearInterval(timer));
  };
}

const send =
  (text: string | Buffer): Attack =>
  (socket) =>
    socket.write(text);

const ok = (type: string, more = ''): string => `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${more}\r\n`;
const stream = (boundary = 'b'): string => ok(`multipart/x-mixed-replace; boundary=${boundary}`);
const part = (content: string | Buffer, boundary = 'b'): Buffer =>
  Buffer.concat([Buffer.from(`--${boundary}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')]);
const counted = (content: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`--b\r\nContent-Length: ${content.length}\r\n\r\n`), content, Buffer.from('\r\n')]);
const long = 'B'.repeat(8000);

async function attacked(t: ExecutionContext, attack: Attack): Promise<Camera> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => attack(socket));
    t.teardown(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/SECRET?SECRET`;
  return new Camera({ name: 'hostile', source: { type: 'http', url } });
}

async function fails(t: ExecutionContext, attack: Attack, code: string, reason: RegExp): Promise<void> {
  const other = new Camera({ name: 'other', source: SMALL });
  const camera = await attacked(t, attack);
  other.open();
  await take(other, 1);
  const before = process.memoryUsage().rss;
  camera.open();
  try {
    const [{ error }] = await Promise.all([until(camera, ({ state }) => state === 'retrying'), take(other, 25)]);
    t.is(error?.code, code);
    t.regex(error?.message ?? '', reason);
    t.notRegex(JSON.stringify(camera.status()), /SECRET/);
    t.true(process.memoryUsage().rss - before < MOST_MEMORY, `${(process.memoryUsage().rss - before) / MB} MB`);
    t.deepEqual(other.status().failures, {});
  } finally {
    const begun = performance.now();
    await camera.close();
    t.true(performance.now() - begun < CLOSED_IN_TIME_MS);
    await other.close();
  }
}

const fast: readonly [what: string, attack: Attack, code: string, reason: RegExp][] = [
  ['headers without end', flood('HTTP/1.1 200 OK\r\n', 'X-More: and more\r\n'), 'CAPTURE_HTTP_FAILED', /header/i],
  ['one header without end', flood('HTTP/1.1 200 OK\r\nX: ', 'x'), 'CAPTURE_HTTP_FAILED', /header/i],
  ['what is no HTTP', flood('', 'nothing of the kind\0'), 'CAPTURE_HTTP_FAILED', /./],
  ['parts of one byte', flood(stream(), part('x')), 'CAPTURE_HTTP_MALFORMED', /more than 1000 frames per second/],
  ['empty parts', flood(stream(), part('')), 'CAPTURE_HTTP_MALFORMED', /more than 1000/],
  ['a boundary of one byte', flood(stream('x'), part('', 'x')), 'CAPTURE_HTTP_MALFORMED', /more than 1000/],
  ['a long boundary', flood(stream(long), part('x', long)), 'CAPTURE_HTTP_MALFORMED', /more than 1000/],
  ['images without a pause', flood(stream(), counted(image)), 'CAPTURE_HTTP_MALFORMED', /more than 1000/],
  ['delimiters only', flood(stream(), '--b\r\n'), 'CAPTURE_HTTP_MALFORMED', /no end of headers/],
  ['no boundary at all', flood(ok('multipart/x-mixed-replace'), 'x'), 'CAPTURE_HTTP_MALFORMED', /no boundary/],
  ['a part without end', flood(`${stream()}--b\r\n\r\n`, 'x'), 'CAPTURE_HTTP_TOO_LARGE', /./],
  ['a part of dashes', flood(`${stream()}--b\r\n\r\n`, '-'), 'CAPTURE_HTTP_TOO_LARGE', /./],
  ['headers of a part without end', flood(`${stream()}--b\r\n`, 'X: y\r\n'), 'CAPTURE_HTTP_MALFORMED', /headers/],
  [
    'a length that no image has',
    send(`${stream()}--b\r\nContent-Length: ${'9'.repeat(400)}\r\n\r\n`),
    'CAPTURE_HTTP_TOO_LARGE',
    /./,
  ],
  ['a snapshot without end', flood(ok('image/jpeg'), 'x'), 'CAPTURE_HTTP_TOO_LARGE', /./],
  [
    'a chunk of impossible size',
    send(ok('multipart/x-mixed-replace; boundary=b', 'Transfer-Encoding: chunked\r\n') + 'f'.repeat(40)),
    'CAPTURE_HTTP_FAILED',
    /./,
  ],
  [
    'a chunk extension without end',
    flood(`${ok('multipart/x-mixed-replace; boundary=b', 'Transfer-Encoding: chunked\r\n')}1;`, 'x'),
    'CAPTURE_HTTP_FAILED',
    /./,
  ],
  [
    'trailers without end',
    flood(`${ok('multipart/x-mixed-replace; boundary=b', 'Transfer-Encoding: chunked\r\n')}0\r\n`, 'X: y\r\n'),
    'CAPTURE_HTTP_FAILED',
    /./,
  ],
  [
    'less than its length says',
    (socket) => socket.end(`${ok('image/jpeg', 'Content-Length: 100000\r\n')}\xff\xd8`),
    'CAPTURE_HTTP_FAILED',
    /./,
  ],
  [
    'a redirect to itself',
    send('HTTP/1.1 302 Found\r\nLocation: /SECRET\r\nContent-Length: 0\r\n\r\n'),
    'CAPTURE_HTTP_STATUS',
    /more than 5 times/,
  ],
];

for (const [what, attack, code, reason] of fast) {
  test.serial(`a camera that sends ${what} harms no other camera, and its state shows why`, (t) =>
    fails(t, attack, code, reason),
  );
}

const bomb = gzipSync(Buffer.alloc(64 * MB));
const slow: typeof fast = [
  ['headers byte by byte', trickle('HTTP/1.1 200 OK\r\nX: '), 'CAPTURE_HTTP_FAILED', /no answer within 5 s/],
  ['nothing', send(''), 'CAPTURE_HTTP_FAILED', /no answer within 5 s/],
  [
    'that it will go on, again and again',
    trickle('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
    'CAPTURE_HTTP_FAILED',
    /no answer/,
  ],
  [
    'that it is at work, without a pause',
    flood('', 'HTTP/1.1 102 Processing\r\n\r\n'),
    'CAPTURE_HTTP_FAILED',
    /no answer/,
  ],
  ['a body that never begins', send(stream()), 'CAPTURE_STALLED', /no frame came for 5\.\d s/],
  ['a body byte by byte', trickle(`${stream()}--b\r\n\r\n`), 'CAPTURE_STALLED', /no frame came/],
  [
    'a part that is shorter than it says',
    trickle(`${stream()}--b\r\nContent-Length: 33000000\r\n\r\n`),
    'CAPTURE_STALLED',
    /no frame came/,
  ],
  ['a snapshot byte by byte', trickle(ok('image/jpeg')), 'CAPTURE_STALLED', /no frame came/],
  [
    'an image that unpacks to a thousand times its size',
    send(
      Buffer.concat([
        Buffer.from(ok('image/jpeg', `Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n`)),
        bomb,
      ]),
    ),
    'CAPTURE_STALLED',
    /not-jpeg/,
  ],
];

// Side by side: most of their time is waiting.
for (const [what, attack, code, reason] of slow) {
  test(`a camera that sends ${what} fails in time, and its state shows why`, (t) => fails(t, attack, code, reason));
}

test.serial('many small parts in one piece are each read once', (t) => {
  let parts = 0;
  const body = Buffer.concat(Array.from({ length: 200_000 }, () => part('x')));
  const reader = new MultipartReader(
    'multipart/x-mixed-replace; boundary=b',
    () => {
      parts += 1;
    },
    () => {},
  );
  const begun = performance.now();
  reader.push(body);
  t.is(parts, 199_999);
  // Minutes when all that follows is moved for each.
  t.true(performance.now() - begun < 10_000);
});

test.serial('one large part does not keep its memory for good', (t) => {
  const reader = new MultipartReader(
    'multipart/x-mixed-replace; boundary=b',
    () => {},
    () => {},
  );
  reader.push(counted(Buffer.alloc(32 * MB - 1000)));
  t.true(reader.capacity >= 32 * MB - 1000);
  for (let i = 0; i < 50; i++) reader.push(counted(Buffer.alloc(20_000)));
  t.true(reader.capacity < MB, `${reader.capacity} bytes`);
});

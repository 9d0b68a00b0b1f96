import test from 'ava';
import { jpegOf } from '../test-jpegs.test.helper.js';
import { MultipartReader } from './multipart-reader.js';

const parts = [jpegOf(1), jpegOf(2, 64, 48), jpegOf(3)];

function read(contentType: string, body: Buffer, chunkBytes: number): { found: Buffer[]; lost: number } {
  const found: Buffer[] = [];
  let lost = 0;
  const reader = new MultipartReader(
    contentType,
    (part) => found.push(Buffer.from(part)),
    () => {
      lost += 1;
    },
  );
  for (let at = 0; at < body.length; at += chunkBytes) reader.push(body.subarray(at, at + chunkBytes));
  return { found, lost };
}

interface Style {
  readonly title: string;
  readonly contentType: string;
  readonly delimiter: string;
  readonly headers: (length: number) => string;
  readonly newline?: string;
}

const counted = (length: number): string => `Content-Type: image/jpeg\r\nContent-Length: ${length}\r\n`;
const styles: readonly Style[] = [
  {
    title: 'usbStream',
    contentType: 'multipart/x-mixed-replace; boundary=FRAME',
    delimiter: '--FRAME',
    headers: counted,
  },
  {
    title: 'quoted boundary',
    contentType: 'multipart/x-mixed-replace;boundary="b o"',
    delimiter: '--b o',
    headers: counted,
  },
  {
    title: 'dashes in the boundary',
    contentType: 'multipart/x-mixed-replace; boundary=--ipcam',
    delimiter: '--ipcam',
    headers: counted,
  },
  {
    title: 'dashes in the boundary and two more',
    contentType: 'multipart/x-mixed-replace; boundary=--ipcam',
    delimiter: '----ipcam',
    headers: counted,
  },
  {
    title: 'no boundary in the header',
    contentType: 'multipart/x-mixed-replace',
    delimiter: '--whatever',
    headers: counted,
  },
  {
    title: 'no Content-Length',
    contentType: 'multipart/x-mixed-replace; boundary=b',
    delimiter: '--b',
    headers: () => 'Content-Type: image/jpeg\r\n',
  },
  {
    title: 'no headers',
    contentType: 'multipart/x-mixed-replace; boundary=bound',
    delimiter: '--bound',
    headers: () => '',
  },
  {
    title: 'lines that end in LF',
    contentType: 'multipart/x-mixed-replace; boundary=x1',
    delimiter: '--x1',
    headers: (length) => `content-length:${length}\n`,
    newline: '\n',
  },
];

for (const { title, contentType, delimiter, headers, newline = '\r\n' } of styles) {
  test(`parts come out whole, in whatever pieces they come: ${title}`, (t) => {
    const body = Buffer.concat([
      ...parts.flatMap((part) => [
        Buffer.from(`${delimiter}${newline}${headers(part.length)}${newline}`),
        part,
        Buffer.from(newline),
      ]),
      Buffer.from(`${delimiter}${newline}`),
    ]);
    for (const chunkBytes of [1, 5, 1460, 1_000_000]) {
      const { found, lost } = read(contentType, body, chunkBytes);
      t.deepEqual(found, parts, `${chunkBytes} bytes at a time`);
      t.is(lost, 0);
    }
  });
}

const TYPE = 'multipart/x-mixed-replace; boundary=FRAME';

test('after a part that is longer than its Content-Length, the next one is found', (t) => {
  const [first, second] = parts as [Buffer, Buffer];
  const body = Buffer.concat([
    Buffer.from(`--FRAME\r\n${counted(100)}\r\n`),
    first,
    Buffer.from(`\r\n--FRAME\r\n${counted(second.length)}\r\n`),
    second,
  ]);
  const { found, lost } = read(TYPE, body, 1000);
  t.deepEqual(found[1], second);
  t.true(lost > 0);
});

test('a part whose Content-Length is too large is an error', (t) => {
  const body = Buffer.from(`--FRAME\r\n${counted(33 * 1024 * 1024)}\r\n`);
  t.throws(() => read(TYPE, body, 1000), { code: 'CAPTURE_HTTP_TOO_LARGE' });
});

test('a part without end is an error, not a growing memory', (t) => {
  const endless = Buffer.alloc(34 * 1024 * 1024);
  endless.write('--FRAME\r\n\r\n');
  t.throws(() => read(TYPE, endless, 1024 * 1024), { code: 'CAPTURE_HTTP_TOO_LARGE' });
});

test('headers without end are an error', (t) => {
  t.throws(() => read(TYPE, Buffer.from(`--FRAME\r\n${'X: y\r\n'.repeat(4000)}`), 1000), {
    code: 'CAPTURE_HTTP_MALFORMED',
  });
});

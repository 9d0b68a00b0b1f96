import { JPEGS } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { serve } from '../gateway.fixture.js';
import { openStream } from '../raw-client.fixture.js';
import { chromium, ffmpeg, fluidd, go2rtc, homeAssistant, mainsail, type Parser } from './parsers.fixture.js';

const CHROMIUM = {
  Accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
};

/** A real stream of red, blue, red: its type, and its body once all three have arrived. */
async function recordStream(
  t: ExecutionContext,
  headers = {},
  advanced = false,
): Promise<{ type: string; body: Buffer }> {
  const { garage, port } = await serve(t, { repeatAfter: 600_000 });
  const client = await openStream(t, port, '/stream', { headers });
  for (const [i, image] of [JPEGS[0], JPEGS[1], JPEGS[0]].entries()) {
    garage.publish({ data: image });
    await client.until(() => count(client.body, '\r\n--boundarydonotcross\r\n') === i + 1);
  }
  // Nothing else is being sent: what follows the last boundary was sent with it.
  await client.until(() => !advanced || client.body.toString('latin1').endsWith('\r\n\r\n'));
  return { type: /content-type: (.*)\r\n/i.exec(client.text)?.[1] ?? '', body: client.body };
}

function count(bytes: Buffer, text: string): number {
  return bytes.toString('latin1').split(text).length - 1;
}

function piecesOf(body: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(body.length / size) }, (_, i) => body.subarray(i * size, (i + 1) * size));
}

/** One byte at a time, odd sizes, sizes that cut through boundaries and images, and all at once. */
const SIZES = [1, 2, 7, 61, 127, 613, 614, 615, 1448, 1_000_000];

function check(t: ExecutionContext, make: () => Parser, body: Buffer, sizes = SIZES): void {
  for (const size of sizes) {
    const parser = make();
    const shown = piecesOf(body, size).flatMap((piece) => parser.feed(piece));
    const wanted = [JPEGS[0], JPEGS[1], JPEGS[0]].map((image) => Buffer.from(image));
    t.deepEqual(
      shown.map((image) => Buffer.from(image)),
      wanted,
      `${parser.name} in pieces of ${size}`,
    );
  }
}

test('Fluidd shows every frame as soon as it is sent', async (t) => {
  const { type, body } = await recordStream(t);
  t.regex(type, /^multipart\//);
  check(t, () => fluidd(type), body);
});

test('go2rtc finds a Content-Length in every part', async (t) => {
  const { type, body } = await recordStream(t);
  check(t, () => go2rtc(type), body);
});

test('FFmpeg and OpenCV find `--` first, short header lines and exactly image/jpeg', async (t) => {
  const { body } = await recordStream(t);
  t.is(body.toString('latin1', 0, 2), '--');
  check(t, ffmpeg, body);
});

test('Home Assistant extracts whole frames', async (t) => {
  const { body } = await recordStream(t);
  check(t, homeAssistant, body);
});

test('Mainsail shows every frame as soon as it is sent', async (t) => {
  const { body } = await recordStream(t);
  // It misses a image whose FF D8 is torn apart, which is why a part leaves in one piece; so whole parts here.
  check(t, mainsail, body, [1_000_000]);
});

test('Mainsail gets the headers and the start of a frame in one piece', async (t) => {
  const { garage, port } = await serve(t, { repeatAfter: 600_000 });
  const client = await openStream(t, port);
  const pieces: Buffer[] = [];
  client.socket.on('data', (piece) => pieces.push(piece));
  garage.publish();
  await client.parts(1);
  t.true(pieces[0]?.includes('Content-Length'));
  t.true(pieces[0]?.includes(Buffer.from([0xff, 0xd8])));
});

test('Chromium shows every frame as soon as it is sent, because it gets the next headers in advance', async (t) => {
  const { type, body } = await recordStream(t, CHROMIUM, true);
  check(t, () => chromium(type), body);
  t.is(count(body, 'Content-Length'), 0, 'a length of a image that is not known yet');
});

test('a fetch of Chromium gets Content-Length', async (t) => {
  const { body } = await recordStream(t, { ...CHROMIUM, Accept: '*/*' });
  check(t, ffmpeg, body);
});

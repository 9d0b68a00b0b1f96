import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { inspectJpeg, isBroken, type Logger, type RawFrame, silentLogger } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { Camera } from '../../camera.js';
import { watchFrames } from '../../using-camera.test.helper.js';
import { watchState } from '../../watch-state.test.helper.js';
import { describeSource, take } from '../describe-source.test.helper.js';
import { jpegOf, truncatedJpeg } from '../test-jpegs.test.helper.js';

async function serve(listener: RequestListener): Promise<{ url: string; server: Server; close: () => Promise<void> }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, server, close };
}

/** An MJPEG camera: writes what `next` gives, fifty times a second. */
function stream(response: ServerResponse, next: () => Uint8Array, contentLength = true): void {
  response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=FRAME' });
  const timer = setInterval(() => {
    const jpeg = next();
    const length = contentLength ? `Content-Length: ${jpeg.length}\r\n` : '';
    response.write(`--FRAME\r\nContent-Type: image/jpeg\r\n${length}\r\n`);
    response.write(jpeg);
    response.write('\r\n');
  }, 20);
  response.on('close', () => clearInterval(timer));
}

function wholeJpeg(_frame: RawFrame, bytes: Uint8Array): void {
  const info = inspectJpeg(bytes);
  if (isBroken(info)) throw new Error(info.fault);
}

const image = jpegOf(1);
for (const contentLength of [true, false]) {
  const set = async () => {
    const { url, close } = await serve((_request, response) => stream(response, () => image, contentLength));
    return { source: { type: 'http', url: `${url}/stream` } as const, dispose: close };
  };
  describeSource(test, `stream with${contentLength ? '' : 'out'} Content-Length`, set, wholeJpeg);
}

describeSource(
  test,
  'snapshot address',
  async () => {
    const { url, close } = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'image/jpeg' }).end(image),
    );
    return { source: { type: 'http', url: `${url}/snapshot.jpg`, fps: 50 } as const, dispose: close };
  },
  wholeJpeg,
);

async function using(
  listener: RequestListener,
  use: (camera: Camera, server: Server) => Promise<void>,
  {
    path = '/stream',
    user = '',
    logger = silentLogger,
    stallAfter = 60_000,
  }: { path?: string; user?: string; logger?: Logger; stallAfter?: number } = {},
): Promise<void> {
  const { url, server, close } = await serve(listener);
  const address = url.replace('http://', `http://${user}`) + path;
  const camera = new Camera({ name: 'remote', source: { type: 'http', url: address }, stallAfter, logger });
  try {
    camera.open();
    await use(camera, server);
  } finally {
    await camera.close();
    await close();
  }
}

test.serial('a change of size within a stream is followed', (t) => {
  let count = 0;
  const sizes = [jpegOf(1, 320, 240), jpegOf(1, 640, 480)];
  return using(
    (_request, response) => stream(response, () => sizes[count++ % 2] as Buffer),
    async (camera) => {
      const frames = await take(camera, 6);
      t.deepEqual(new Set(frames.map(({ format }) => format.width)), new Set([320, 640]));
      for (const frame of frames.slice(-1))
        t.is(frame.lease()?.bytes.length, sizes[frame.format.width === 320 ? 0 : 1]?.length);
    },
  );
});

test.serial('a larger JPEG with the same dimensions is delivered', (t) => {
  let count = 0;
  // Bytes behind the end are cut off, so the padding goes into a comment.
  const comment = Buffer.alloc(60_000);
  comment.set([0xff, 0xfe, (comment.length - 2) >> 8, (comment.length - 2) & 0xff]);
  const large = Buffer.concat([image.subarray(0, 2), ...Array.from({ length: 10 }, () => comment), image.subarray(2)]);
  return using(
    (_request, response) => stream(response, () => (count++ < 5 ? image : large)),
    async (camera) => {
      const frames = await take(camera, 10);
      t.is(frames.at(-1)?.byteLength, large.length);
    },
  );
});

test.serial('broken parts are counted and left out', (t) => {
  let count = 0;
  const parts = [truncatedJpeg(1), Buffer.from('text'), Buffer.alloc(0), image];
  return using(
    (_request, response) => stream(response, () => parts[count++ % 4] as Buffer),
    async (camera) => {
      const frames = await take(camera, 3);
      t.true(frames.every(({ byteLength }) => byteLength === image.length));
      await camera.close();
      const { truncated = 0, 'not-jpeg': foreign = 0, empty = 0 } = camera.status().frames.dropped;
      t.true(truncated > 0 && foreign > 0 && empty > 0);
    },
  );
});

test.serial('redirects are followed', (t) =>
  using(
    (request, response) => {
      if (request.url === '/stream') response.writeHead(302, { location: '/moved' }).end();
      else stream(response, () => image);
    },
    async (camera) => {
      t.is((await camera.settled()).state, 'live');
    },
  ),
);

test.serial('user and password of the address are sent, and never shown', (t) => {
  const logged: string[] = [];
  const log = (data: object, message: string): void => void logged.push(JSON.stringify(data) + message);
  const expected = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  return using(
    (request, response) => {
      if (request.headers.authorization !== expected) response.writeHead(401).end();
      else stream(response, () => image);
    },
    async (camera, server) => {
      t.is((await camera.settled()).state, 'live');
      const failed = new Promise<void>((resolve) => {
        watchState(camera, ({ state }) => state === 'retrying' && resolve());
      });
      watchFrames(camera, () => {});
      server.closeAllConnections();
      await failed;
      const shown = JSON.stringify(camera.status()) + logged.join();
      t.true(logged.length > 0);
      t.false(/p@ss|p%40ss|me:/.test(shown), shown);
    },
    { user: 'me:p%40ss@', logger: { debug: log, info: log, warn: log, error: log } },
  );
});

test.serial('a bare per cent sign in a password is one', (t) =>
  using(
    (request, response) => {
      const sent = Buffer.from(`${request.headers.authorization}`.slice('Basic '.length), 'base64').toString();
      if (sent !== 'me:50%') response.writeHead(401).end();
      else stream(response, () => image);
    },
    async (camera) => {
      t.is((await camera.settled()).error, undefined);
    },
    { user: 'me:50%@' },
  ),
);

async function failsWith(t: ExecutionContext, listener: RequestListener, code: string, message: RegExp): Promise<void> {
  await using(listener, async (camera) => {
    const { state, error } = await camera.settled();
    t.is(state, 'retrying');
    t.is(error?.code, code);
    t.regex(error?.message ?? '', message);
  });
}

test.serial('the error for a wrong password says where to write the right one', (t) =>
  failsWith(t, (_request, response) => response.writeHead(401).end(), 'CAPTURE_HTTP_UNAUTHORIZED', /user:password@/),
);
test.serial('another status is named', (t) =>
  failsWith(t, (_request, response) => response.writeHead(404).end(), 'CAPTURE_HTTP_STATUS', /404/),
);
test.serial('redirects in a circle end', (t) =>
  failsWith(
    t,
    (_request, response) => response.writeHead(302, { location: '/x' }).end(),
    'CAPTURE_HTTP_STATUS',
    /redirects more than 5/,
  ),
);
test.serial('a redirect to a file is not followed', (t) =>
  failsWith(
    t,
    (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    'CAPTURE_HTTP_STATUS',
    /neither http nor https/,
  ),
);
test.serial('a web page is an error', (t) =>
  failsWith(
    t,
    (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    'CAPTURE_HTTP_NOT_IMAGES',
    /text\/html/,
  ),
);
test.serial('a stream that ends has failed', (t) =>
  failsWith(
    t,
    (_request, response) => response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=b' }).end(),
    'CAPTURE_HTTP_FAILED',
    /has ended/,
  ),
);

test.serial('an address without a server is a failure that is retried', async (t) => {
  const { url, close } = await serve(() => {});
  await close();
  const camera = new Camera({ name: 'gone', source: { type: 'http', url } });
  camera.open();
  const { state, error } = await camera.settled();
  t.is(state, 'retrying');
  t.is(error?.code, 'CAPTURE_HTTP_FAILED');
  t.is(error?.message, `${url}/: nothing listens on this port`);
  await camera.close();
});

test.serial('a stream that stalls is opened again, and sequences go on rising', async (t) => {
  let connections = 0;
  const sockets = new Set<Socket>();
  await using(
    (request, response) => {
      connections += 1;
      sockets.add(request.socket);
      let left = connections === 1 ? 5 : Number.POSITIVE_INFINITY;
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=FRAME' });
      const timer = setInterval(() => {
        if (left-- <= 0) return;
        response.write(`--FRAME\r\nContent-Length: ${image.length}\r\n\r\n`);
        response.write(image);
        response.write('\r\n');
      }, 20);
      response.on('close', () => clearInterval(timer));
    },
    async (camera) => {
      const codes = new Set<string | undefined>();
      watchState(camera, ({ error }) => codes.add(error?.code));
      const sequences = (await take(camera, 12)).map(({ sequence }) => sequence);
      t.deepEqual(
        sequences,
        [...new Set(sequences)].sort((a, b) => a - b),
      );
      t.true(codes.has('CAPTURE_STALLED'));
      // On a busy machine the second may be late, too.
      t.true(camera.status().restarts >= 1);
      t.true(connections >= 2);
    },
    { stallAfter: 1000 },
  );
});

test.serial('a page that is reloaded finds the connection still there', (t) => {
  let connections = 0;
  return using(
    (_request, response) => {
      connections += 1;
      stream(response, () => image);
    },
    async (camera) => {
      for (let visit = 0; visit < 3; visit++) await take(camera, 2);
      t.is(connections, 1);
    },
  );
});

import { hostname } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import { serve } from './gateway.fixture.js';
import { openStream, RawClient } from './raw-client.fixture.js';

const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });

interface RawRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  readonly body?: string;
}

/** Sends what fetch would not, and gives the answer as it came. */
async function request(
  t: ExecutionContext,
  port: number,
  { path, headers, method, body = '' }: RawRequest,
): Promise<string> {
  const client = new RawClient(t, port);
  client.get(path, { ...headers, 'Content-Length': String(body.length), Connection: 'close' }, method);
  client.socket.write(body);
  await client.untilClosed();
  return client.text;
}

const GUARDED = { credentials: [{ name: 'ada', password: 'pass:wörd' }] };

test('everything but /healthz needs credentials', async (t) => {
  const { url, port } = await serve(t, GUARDED);
  for (const path of [
    '/',
    '/stream',
    '/snapshot',
    '/?action=stream',
    '/api/cameras',
    '/metrics',
    '/readyz',
    '/stream/nope',
  ]) {
    const answer = await fetch(url + path);
    t.is(answer.status, 401, path);
    t.is(answer.headers.get('www-authenticate'), 'Basic realm="framehub", charset="UTF-8"');
    t.like(await answer.json(), { error: { code: 'HTTP_UNAUTHORIZED' } });
  }
  // fetch tidies paths up; this does not.
  for (const path of ['/..', '/healthz/..', '/healthz%00', '//healthz', '/healthz/stream']) {
    const client = new RawClient(t, port);
    client.get(path);
    await client.until(() => client.text.includes('\r\n\r\n'));
    t.regex(client.text, /^HTTP\/1\.1 401 /, path);
  }
  for (const path of ['/healthz', '/healthz/', '/healthz?1', '/healthz&1']) {
    t.is((await fetch(url + path)).status, 200, path);
  }
});

test('the right name and password give access, and no others', async (t) => {
  const { url, port } = await serve(t, GUARDED);
  t.is((await fetch(`${url}/api/cameras`, { headers: basic('ada:pass:wörd') })).status, 200);
  await t.notThrowsAsync(openStream(t, port, '/stream', { headers: basic('ada:pass:wörd') }));
  for (const headers of [
    basic('ada:pass'),
    basic('ada'),
    basic('Ada:pass:wörd'),
    basic(''),
    { Authorization: 'Bearer x' },
  ]) {
    t.is((await fetch(`${url}/api/cameras`, { headers })).status, 401);
  }
});

test('by default pages of any origin may read, but change nothing', async (t) => {
  const { url } = await serve(t);
  const looking = await fetch(`${url}/api/cameras`, { headers: { Origin: 'http://mainsail.local' } });
  t.is(looking.headers.get('access-control-allow-origin'), '*');
  t.is(looking.headers.get('access-control-allow-credentials'), null);
  const preflight = await fetch(`${url}/api/cameras/garage/controls`, { method: 'OPTIONS' });
  t.is(preflight.status, 204);
  t.is(preflight.headers.get('access-control-allow-methods'), 'GET, HEAD, OPTIONS');
});

test('listed origins may read and change settings, others may not', async (t) => {
  const { url } = await serve(t, { ...GUARDED, cors: ['https://panel.example'] });
  const ask = (Origin: string) => fetch(`${url}/api/cameras`, { method: 'OPTIONS', headers: { Origin } });
  const friend = await ask('https://panel.example');
  t.is(friend.status, 204, 'a preflight has no password');
  t.is(friend.headers.get('access-control-allow-origin'), 'https://panel.example');
  t.is(friend.headers.get('access-control-allow-credentials'), 'true');
  t.true(friend.headers.get('access-control-allow-methods')?.includes('PATCH'));
  t.is(friend.headers.get('vary'), 'Origin');
  t.is((await ask('https://evil.example')).headers.get('access-control-allow-origin'), null);
});

test('under a foreign host name everything can be read, nothing changed, and the answer says what to do', async (t) => {
  const { port, garage } = await serve(t, { hosts: ['cam.example.com', '.shed.example'] });
  const ask = (Host: string, method = 'PATCH') =>
    request(t, port, { path: '/api/cameras/garage', headers: { Host }, method, body: '{}' });
  for (const host of [
    ...['127.0.0.1', '192.168.1.5:8090', '[::1]:8090', '[fe80::1]', 'localhost:8090', 'LOCALHOST', 'localhost.'],
    ...['octopi', 'octopi:8090', 'octopi.local', 'pi.lan:8090', 'pi.home.arpa', 'cam.internal', 'a.localhost'],
    ...['cam.example.com', 'CAM.example.com:443', 'shed.example', 'door.shed.example:8090', hostname()],
  ]) {
    t.regex(await ask(host), /^HTTP\/1\.1 200 /, host);
  }
  const changed = garage.asked.settings.length;
  for (const host of [
    ...[
      'evil.example',
      'evil.example:8090',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'pi.local.evil.example',
    ],
    ...['xcam.example.com', 'door.cam.example.com', 'xshed.example', 'evil.example.', '::1.evil.example', '1.2.3'],
  ]) {
    const text = await ask(host);
    t.regex(text, /^HTTP\/1\.1 403 /, host);
    t.regex(text, /"code":"HTTP_HOST_NOT_ALLOWED".*http\.hosts in the configuration/, host);
    t.regex(await ask(host, 'GET'), /^HTTP\/1\.1 200 /, host);
  }
  t.is(garage.asked.settings.length, changed);
  t.regex(
    await request(t, port, { path: '/stream', headers: { Host: 'evil.example' }, method: 'POST' }),
    /^HTTP\/1\.1 403 /,
  );
});

test('with credentials settings can be changed under any host name', async (t) => {
  const { port } = await serve(t, GUARDED);
  const ask = (headers: object) =>
    request(t, port, {
      path: '/api/cameras/garage',
      headers: { Host: 'cam.example.com', ...headers },
      method: 'PATCH',
      body: '{}',
    });
  t.regex(await ask(basic('ada:pass:wörd')), /^HTTP\/1\.1 200 /);
  t.regex(await ask({}), /^HTTP\/1\.1 401 /);
});

test('with cors off pages of other origins get nothing', async (t) => {
  const { url } = await serve(t, { cors: false });
  const { headers } = await fetch(`${url}/api/cameras`, { headers: { Origin: 'http://a' } });
  t.is(headers.get('access-control-allow-origin'), null);
  t.is(headers.get('cross-origin-resource-policy'), 'same-origin', 'not even to show it');
});

test('errors are JSON with a code and one line', async (t) => {
  const { url, port } = await serve(t);
  const problems: readonly (readonly [path: string, status: number, code: string])[] = [
    ['/stream/attic', 404, 'CAMERA_UNKNOWN'],
    ['/snapshot/attic.jpg', 404, 'CAMERA_UNKNOWN'],
    ['/api/cameras/attic', 404, 'CAMERA_UNKNOWN'],
    ['/nowhere', 404, 'HTTP_NOT_FOUND'],
    ['/stream?fps=0', 400, 'HTTP_BAD_QUERY'],
    ['/stream?rotate=45', 400, 'RENDITION_INVALID'],
    ['/snapshot?max_age=old', 400, 'HTTP_BAD_QUERY'],
    ['/?action=terminate', 400, 'HTTP_BAD_QUERY'],
  ];
  for (const [path, status, code] of problems) {
    const answer = await fetch(url + path);
    const body = (await answer.json()) as { error: { code: string; message: string } };
    t.is(answer.status, status, path);
    t.is(body.error.code, code, path);
    t.notRegex(body.error.message, /\n| at .*:\d/);
  }
  t.deepEqual(((await (await fetch(`${url}/stream/attic`)).json()) as { cameras: unknown }).cameras, [
    'garage',
    'printer',
  ]);
  // fetch tidies paths up; this does not.
  const client = new RawClient(t, port);
  client.get('/../../etc/passwd');
  await client.until(() => client.text.includes('HTTP_NOT_FOUND'));
  t.true(client.text.startsWith('HTTP/1.1 404'));
});

test('other methods are refused with the allowed ones', async (t) => {
  const { url } = await serve(t);
  for (const path of ['/stream', '/snapshot', '/api/cameras', '/metrics']) {
    const answer = await fetch(url + path, { method: 'POST', body: 'x' });
    t.is(answer.status, 405, path);
    t.true(answer.headers.get('allow')?.startsWith('GET, HEAD'), path);
    t.like(await answer.json(), { error: { code: 'HTTP_METHOD_NOT_ALLOWED' } });
  }
  const controls = await fetch(`${url}/api/cameras/garage/controls`, { method: 'DELETE' });
  t.is(controls.headers.get('allow'), 'GET, HEAD, PATCH');
});

test('an internal error is logged, and not sent to the client', async (t) => {
  const logged: object[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (data: object) => void logged.push(data) };
  const { garage, url } = await serve(t, { logger });
  garage.status = () => {
    throw new TypeError('secret path /home/ada');
  };
  const answer = await fetch(`${url}/api/cameras`);
  t.is(answer.status, 500);
  const text = await answer.text();
  t.regex(text, /HTTP_INTERNAL/);
  t.notRegex(text, /secret/);
  t.is(logged.length, 1);
});

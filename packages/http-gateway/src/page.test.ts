import { brotliCompressSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { serve } from './gateway.fixture.js';
import type { Asset } from './page.js';
import { RawClient } from './raw-client.fixture.js';

const HTML = '<!doctype html><title>cameras</title>'.repeat(20);
const page: Asset = {
  path: '',
  type: 'text/html; charset=utf-8',
  body: Buffer.from(HTML),
  brotli: brotliCompressSync(HTML),
  gzip: gzipSync(HTML),
  etag: 'W/"abc"',
  csp: "default-src 'none'",
};
const script: Asset = { path: 'view.js', type: 'text/javascript', body: Buffer.from('export {};'), etag: 'W/"def"' };
const assets = [page, script];

const ENCODINGS: readonly (readonly [accepted: string, encoding: string | null])[] = [
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['BR', 'br'],
  ['*', 'br'],
  ['*, br;q=0', 'gzip'],
  ['identity', null],
  ['gzip;q=0', null],
];

for (const [accepted, encoding] of ENCODINGS) {
  test(`a client that accepts '${accepted}' gets the page in ${encoding ?? 'plain text'}`, async (t) => {
    const { url } = await serve(t, { assets });
    const answer = await fetch(url, { headers: { 'Accept-Encoding': accepted } });
    t.is(answer.status, 200);
    t.is(answer.headers.get('content-encoding'), encoding);
    t.is(answer.headers.get('content-type'), 'text/html; charset=utf-8');
    t.is(answer.headers.get('content-security-policy'), "default-src 'none'");
    t.is(answer.headers.get('vary'), 'Accept-Encoding');
    t.is(await answer.text(), HTML);
  });
}

test('a client without Accept-Encoding gets the plain text', async (t) => {
  const { port } = await serve(t, { assets });
  const client = new RawClient(t, port);
  client.get('/', { Connection: 'close' });
  await client.untilClosed();
  t.true(client.text.endsWith(HTML));
});

test('a file that a browser already has is not sent again', async (t) => {
  const { url } = await serve(t, { assets });
  const first = await fetch(url);
  t.is(first.headers.get('cache-control'), 'no-cache');
  const etag = first.headers.get('etag') as string;
  for (const header of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
    const again = await fetch(url, { headers: { 'If-None-Match': header } });
    t.is(again.status, 304, header);
    t.is(again.headers.get('etag'), etag);
    t.is(await again.text(), '');
  }
  t.is((await fetch(url, { headers: { 'If-None-Match': '"other"' } })).status, 200);
});

test('HEAD gets the headers of a file without its content', async (t) => {
  const { url } = await serve(t, { assets });
  const answer = await fetch(`${url}/view.js`, { method: 'HEAD' });
  t.is(answer.headers.get('content-length'), '10');
  t.is(await answer.text(), '');
});

test('pages of other origins may use a script, as they may use frames', async (t) => {
  const open = await serve(t, { assets });
  const anyone = await fetch(`${open.url}/view.js`, { headers: { Origin: 'http://dash.local' } });
  t.is(anyone.headers.get('access-control-allow-origin'), '*');
  t.is(anyone.headers.get('cross-origin-resource-policy'), 'cross-origin');
  const listed = await serve(t, { assets, cors: ['http://dash.local'] });
  const some = await fetch(`${listed.url}/view.js`, { headers: { Origin: 'http://dash.local' } });
  t.is(some.headers.get('access-control-allow-origin'), 'http://dash.local');
  t.is(some.headers.get('vary'), 'Origin, Accept-Encoding');
});

test('streams and snapshots win over the page, and without files there is no page', async (t) => {
  const { garage, url } = await serve(t, { assets });
  const snapshot = fetch(`${url}/?action=snapshot`);
  garage.onDemand = () => queueMicrotask(() => garage.publish());
  t.is((await snapshot).headers.get('content-type'), 'image/jpeg');
  const bare = await serve(t);
  t.is((await fetch(bare.url)).status, 404);
});

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import test from 'ava';
import { type PageAsset, pageAssets } from './assets.js';

/** Bytes that may go over the network before the page stands, the script of the element and all. */
const MOST = 40_000;

const assets = new Map(pageAssets().map((entry) => [entry.path, entry]));
const asset = (path: string): PageAsset => assets.get(path) as PageAsset;
const textOf = (path: string): string => Buffer.from(asset(path).body).toString();

test('the page, its parts, and the scripts for pages of others', (t) => {
  t.deepEqual([...assets.keys()].sort(), [
    '',
    'framehub-client.js',
    'framehub-view.js',
    'icon.svg',
    'page.css',
    'page.js',
  ]);
});

test('the page is light, for browsers that take gzip only, as all do without TLS', (t) => {
  const weight = ['', 'page.js', 'page.css', 'icon.svg'].reduce(
    (sum, path) => sum + (asset(path).gzip?.length ?? 0),
    0,
  );
  t.log(`${weight} bytes`);
  t.true(weight > 0 && weight < MOST, `${weight} bytes`);
});

test('what is compressed is the same', (t) => {
  for (const { path, body, brotli, gzip } of assets.values()) {
    t.true(brotli && brotliDecompressSync(brotli).equals(body), path);
    t.true(gzip && gunzipSync(gzip).equals(body), path);
  }
});

test('each file has a tag of its own content', (t) => {
  const tags = [...assets.values()].map(({ etag }) => etag);
  t.is(new Set(tags).size, tags.length);
  t.true(tags.every((tag) => /^W\/"[\w-]{16}"$/.test(tag)));
});

test('all addresses are relative: the page lives below any path of a proxy', (t) => {
  const addresses = [...textOf('').matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
  t.deepEqual(addresses, ['icon.svg', 'page.css', 'page.js', 'stream']);
});

test('the page loads nothing from other servers, and its policy forbids it', (t) => {
  t.notRegex(textOf('page.css'), /url\(|@import/);
  const hosts = [...textOf('page.js').matchAll(/https?:\/\/[^\s"'`$)]+/g)].map(([address]) => address);
  // XML namespaces, which are not loaded.
  t.deepEqual(
    hosts.filter((address) => !address.startsWith('http://www.w3.org/')),
    [],
  );
  t.regex(asset('').csp ?? '', /^default-src 'none'; script-src 'self'; style-src 'self'; /);
});

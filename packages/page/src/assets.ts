import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the page, read and ready to be sent. */
export interface PageAsset {
  /** Path below the root; empty for the page itself. */
  readonly path: string;
  /** Media type. */
  readonly type: string;
  /** Without content encoding. */
  readonly body: Uint8Array;
  /** Compressed for `Content-Encoding: br`. */
  readonly brotli?: Uint8Array;
  /** Compressed for `Content-Encoding: gzip`. */
  readonly gzip?: Uint8Array;
  /** Weak ETag, the same for all encodings. */
  readonly etag: string;
  /** Content-Security-Policy, of documents. */
  readonly csp?: string;
}

/** Folder that tools/build.mjs writes to. */
export const ASSETS = fileURLToPath(new URL('./assets/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Allows only this server. `ws:` is for browsers in which 'self' does not include WebSockets. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * Reads the files of the page, and its scripts for other pages.
 *
 * @throws Error of the file system if they are not built
 * @example
 * const gateway = new HttpGateway(broker, hub, { assets: pageAssets() });
 */
export function pageAssets(): readonly PageAsset[] {
  const names = readdirSync(ASSETS);
  return names.filter((name) => extname(name) in TYPES).map((name) => readAsset(name, new Set(names)));
}

function readAsset(name: string, there: ReadonlySet<string>): PageAsset {
  const read = (file: string): Uint8Array => readFileSync(ASSETS + file);
  const body = read(name);
  return {
    path: name === 'index.html' ? '' : name,
    type: TYPES[extname(name)] as string,
    body,
    ...(there.has(`${name}.br`) && { brotli: read(`${name}.br`) }),
    ...(there.has(`${name}.gz`) && { gzip: read(`${name}.gz`) }),
    etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`,
    ...(name.endsWith('.html') && { csp: POLICY }),
  };
}

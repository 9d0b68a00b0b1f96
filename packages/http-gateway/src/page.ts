import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, Route } from './control/router.js';
import { matchesEtag } from './etag.js';

/** A file of the page, ready in memory. Borrowed: never changed. */
export interface Asset {
  /** Its path below the root: `framehub-view.js`; empty for the page itself. */
  readonly path: string;
  /** Media type. */
  readonly type: string;
  readonly body: Uint8Array;
  /** The body compressed with Brotli, where that makes it smaller. */
  readonly brotli?: Uint8Array;
  /** The body compressed with gzip, where that makes it smaller. */
  readonly gzip?: Uint8Array;
  /** Value of ETag, one for all encodings: a weak one. */
  readonly etag: string;
  /** Value of Content-Security-Policy, for documents. */
  readonly csp?: string;
}

/** The files of the page. Browsers keep them, and check each time whether they have changed. */
export function pageRoutes(assets: readonly Asset[]): readonly Route[] {
  return [
    ...assets.map(
      (asset): Route => ({
        method: 'GET',
        path: `/${asset.path}`,
        handle: ({ headers }) => answer(asset, headers),
      }),
    ),
    // Browsers request it with every image, and would log a 404 in their consoles.
    { method: 'GET', path: '/favicon.ico', handle: () => ({ type: 'image/x-icon', body: '' }) },
  ];
}

function answer(asset: Asset, headers: IncomingHttpHeaders): Answer {
  const { body, encoding } = encodedFor(headers['accept-encoding'], asset);
  const unchanged = matchesEtag(headers['if-none-match'], asset.etag);
  return {
    status: unchanged ? 304 : 200,
    type: asset.type,
    headers: {
      ETag: asset.etag,
      'Cache-Control': 'no-cache',
      Vary: 'Accept-Encoding',
      ...(encoding && { 'Content-Encoding': encoding }),
      ...(asset.csp && { 'Content-Security-Policy': asset.csp }),
    },
    body,
  };
}

interface Encoded {
  readonly body: Uint8Array;
  /** Value of Content-Encoding; undefined for the plain body. */
  readonly encoding: string | undefined;
}

/** The smallest form of an asset that a client accepts. @param accepted value of Accept-Encoding (RFC 9110, 12.5.3) */
function encodedFor(accepted: string | undefined, { body, brotli, gzip }: Asset): Encoded {
  const weights = weightsOf(accepted ?? '');
  const accepts = (coding: string): boolean => (weights.get(coding) ?? weights.get('*') ?? 0) > 0;
  if (brotli && accepts('br')) return { body: brotli, encoding: 'br' };
  if (gzip && accepts('gzip')) return { body: gzip, encoding: 'gzip' };
  return { body, encoding: undefined };
}

function weightsOf(accepted: string): ReadonlyMap<string, number> {
  const codings = accepted.split(',').map((part) => {
    const [coding = '', ...parameters] = part.split(';').map((parameter) => parameter.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return [coding, weight === undefined ? 1 : Number(weight)] as const;
  });
  return new Map(codings);
}

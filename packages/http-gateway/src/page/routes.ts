import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, Route } from '../control/route.js';
import type { Asset } from './asset.js';
import { encodedFor } from './encoding.js';

/** The files of the page. Browsers keep them, and ask each time whether they are the same still. */
export function pageRoutes(assets: readonly Asset[]): readonly Route[] {
  return [
    ...assets.map(
      (asset): Route => ({
        method: 'GET',
        path: `/${asset.path}`,
        handle: ({ headers }) => answer(asset, headers),
      }),
    ),
    // Browsers ask for it unasked beside every picture, and a 404 would stand in every console.
    { method: 'GET', path: '/favicon.ico', handle: () => ({ type: 'image/x-icon', body: '' }) },
  ];
}

function answer(asset: Asset, headers: IncomingHttpHeaders): Answer {
  const { body, encoding } = encodedFor(headers['accept-encoding'], asset);
  const unchanged = includesTag(headers['if-none-match'], asset.etag);
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

/** Weak comparison, as If-None-Match asks for. */
function includesTag(header: string | undefined, etag: string): boolean {
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header?.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag)) ?? false;
}

import type { Asset } from './asset.js';

export interface Encoded {
  readonly body: Uint8Array;
  /** Value of Content-Encoding; undefined for the plain body. */
  readonly encoding: string | undefined;
}

/** The smallest form of an asset that a client takes. @param accepted value of Accept-Encoding (RFC 9110, 12.5.3) */
export function encodedFor(accepted: string | undefined, { body, brotli, gzip }: Asset): Encoded {
  const weights = weightsOf(accepted ?? '');
  const takes = (coding: string): boolean => (weights.get(coding) ?? weights.get('*') ?? 0) > 0;
  if (brotli && takes('br')) return { body: brotli, encoding: 'br' };
  if (gzip && takes('gzip')) return { body: gzip, encoding: 'gzip' };
  return { body, encoding: undefined };
}

function weightsOf(accepted: string): ReadonlyMap<string, number> {
  const codings = accepted.split(',').map((part) => {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const weight = parameters.find((text) => text.startsWith('q='))?.slice(2);
    return [coding, weight === undefined ? 1 : Number(weight)] as const;
  });
  return new Map(codings);
}

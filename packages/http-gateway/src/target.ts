import { FramehubError } from '@framehub/frame';
import { type Query, resolveAddress, shorten } from './address.js';
import type { FoundRoute, Router } from './control/router.js';
import type { UpgradeHandler } from './upgrades.js';

/** What a request is for, once its address and method have been resolved. */
export type Target = RequestTarget | UpgradeTarget;

export type RequestTarget =
  | PictureTarget
  | {
      readonly kind: 'route';
      readonly found: FoundRoute;
      /** Whether the address is written as in the table of routes. */
      readonly literal: boolean;
    }
  /** A browser asks what it may ask for. */
  | { readonly kind: 'preflight' }
  | Nothing;

export interface PictureTarget {
  readonly kind: 'stream' | 'snapshot';
  readonly camera: string;
  readonly query: Query;
}

export type UpgradeTarget = { readonly kind: 'upgrade'; readonly handler: UpgradeHandler } | Nothing;

/** There is nothing, or it takes another method: the error says what, and is only for those who may know. */
interface Nothing {
  readonly kind: 'nothing';
  readonly error: unknown;
}

/**
 * Resolves a request; never throws.
 *
 * @param url the request target as sent
 * @param cameras names, in their order
 */
export function resolveTarget(method: string, url: string, cameras: readonly string[], router: Router): RequestTarget {
  if (method === 'OPTIONS') return { kind: 'preflight' };
  try {
    const address = resolveAddress(url, cameras);
    if (address.kind === 'control') {
      const found = router.find(method, address.path);
      return { kind: 'route', found, literal: address.written.replace(/\/$/, '') === found.route.path };
    }
    if (method === 'GET' || method === 'HEAD') return address;
    throw new FramehubError('HTTP_METHOD_NOT_ALLOWED', `${shorten(method)} is not possible here: use GET`, {
      allow: 'GET, HEAD, OPTIONS',
    });
  } catch (error) {
    return { kind: 'nothing', error };
  }
}

/** The same for a request that asks for another protocol. */
export function resolveUpgrade(url: string, handlers: readonly UpgradeHandler[]): UpgradeTarget {
  const handler = handlers.find((candidate) => candidate.handles(url));
  if (handler) return { kind: 'upgrade', handler };
  return {
    kind: 'nothing',
    error: new FramehubError('HTTP_NOT_FOUND', `nothing is to be upgraded at ${shorten(url)}`),
  };
}

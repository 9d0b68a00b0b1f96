import { FramehubError, parseRendition, type Rendition } from '@framehub/frame';
import { SUBPROTOCOL } from './protocol/server-messages.js';

export const ROOT = '/ws';
const MAX_FPS = 1000;

/** What a connection asks for by its address. */
export interface WsAddress {
  /** Absent at the root, where subscriptions say which. */
  readonly camera: string | undefined;
  readonly rendition: Rendition;
  /** Frames a second at most. */
  readonly fps: number;
}

/** `/ws` and `/ws/CAMERA` are this gateway's. */
export function isOurs(url: string): boolean {
  return /^\/ws(?:\/[^/?]+)?\/?(?:\?|$)/.test(url);
}

/** @throws FramehubError `WS_BAD_ADDRESS`, `RENDITION_INVALID`: key, value and what is allowed */
export function readAddress(url: string): WsAddress {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const camera = pathname.split('/')[2] || undefined;
  const { fps = String(MAX_FPS), ...wish } = Object.fromEntries(searchParams);
  if (!(Number(fps) > 0 && Number(fps) <= MAX_FPS)) {
    throw new FramehubError(
      'WS_BAD_ADDRESS',
      `fps=${fps.slice(0, 40)} is not possible: allowed is a number above 0, up to ${MAX_FPS}`,
    );
  }
  return { camera: camera && decode(camera), rendition: parseRendition(wish), fps: Number(fps) };
}

/**
 * Bare JPEGs are no subprotocol: who offers one would take them for messages of it.
 *
 * @param offered as the request's header has it
 * @throws FramehubError `WS_BAD_SUBPROTOCOL`
 */
export function assertSubprotocol({ camera }: WsAddress, offered: string | undefined): void {
  if (camera === undefined || offered === undefined) return;
  throw new FramehubError(
    'WS_BAD_SUBPROTOCOL',
    `${offered.slice(0, 40)} is not spoken at ${ROOT}/${camera.slice(0, 60)}, which sends JPEGs and nothing else: offer no subprotocol there, or connect to ${ROOT} for ${SUBPROTOCOL}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new FramehubError('WS_BAD_ADDRESS', 'the name of the camera in the address is not well-formed');
  }
}

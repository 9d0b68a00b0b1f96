import { FramehubError, parseRendition, type Rendition } from '@framehub/frame';

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

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new FramehubError('WS_BAD_ADDRESS', 'the name of the camera in the address is not well-formed');
  }
}

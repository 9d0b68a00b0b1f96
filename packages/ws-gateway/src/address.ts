import { FramehubError, mustBe, parseRendition, type Rendition, shownValue, VIEWER_FPS } from '@framehub/frame';
import { FPS_ALLOWED, SUBPROTOCOL } from './messages.js';

const ROOT = '/ws';

/** What the address of a connection asks for. */
export interface WsAddress {
  /** Absent at the root, where each subscription names its camera. */
  readonly camera: string | undefined;
  readonly rendition: Rendition;
  /** Frames per second at most. */
  readonly fps: number;
}

/** Whether an address belongs to this gateway: `/ws` and `/ws/CAMERA`. */
export function isWsAddress(url: string): boolean {
  return /^\/ws(?:\/[^/?]+)?\/?(?:\?|$)/.test(url);
}

/** @throws FramehubError `WS_BAD_ADDRESS`, `RENDITION_INVALID`: key, what is allowed and the value */
export function readAddress(url: string): WsAddress {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const camera = pathname.split('/')[2] || undefined;
  const { fps = String(VIEWER_FPS.max), ...rendition } = Object.fromEntries(searchParams);
  if (!(Number(fps) >= VIEWER_FPS.min && Number(fps) <= VIEWER_FPS.max))
    throw new FramehubError('WS_BAD_ADDRESS', mustBe('fps', FPS_ALLOWED, fps));
  return { camera: camera && decode(camera), rendition: parseRendition(rendition), fps: Number(fps) };
}

/**
 * Refuses a subprotocol at the address of one camera: a client that offers one would take plain JPEGs for its messages.
 *
 * @param offered value of the request's header
 * @throws FramehubError `WS_BAD_SUBPROTOCOL`
 */
export function assertSubprotocol({ camera }: WsAddress, offered: string | undefined): void {
  if (camera === undefined || offered === undefined) return;
  const address = `${ROOT}/${shownValue(camera)}`;
  throw new FramehubError(
    'WS_BAD_SUBPROTOCOL',
    `${shownValue(offered)} is not supported at ${address}, which sends JPEGs only: offer no subprotocol there, or connect to ${ROOT} for ${SUBPROTOCOL}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw notEncoded(error);
  }
}

function notEncoded(cause: unknown): FramehubError {
  const message = 'the camera name in the address is not valid percent-encoding';
  return new FramehubError('WS_BAD_ADDRESS', message, {}, { cause });
}

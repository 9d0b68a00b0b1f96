import { type CameraView, FramehubError, type Hub, mustBe, shownValue, unknownCamera } from '@framehub/frame';
import type { FoundRoute, Router } from './control/router.js';
import type { UpgradeHandler } from './upgrades.js';

/** What a request is for, once its address and method have been resolved. */
export type Target = RequestTarget | UpgradeTarget;

export type RequestTarget =
  | FrameTarget
  | {
      readonly kind: 'route';
      readonly found: FoundRoute;
      /** Whether the address is spelled as in the table of routes. */
      readonly literal: boolean;
    }
  /** A browser's OPTIONS request. */
  | { readonly kind: 'preflight' }
  | NoTarget;

/** One or more frames of a camera. */
export interface FrameTarget {
  readonly kind: 'stream' | 'snapshot';
  readonly camera: string;
  readonly query: Query;
}

export type UpgradeTarget = { readonly kind: 'upgrade'; readonly handler: UpgradeHandler } | NoTarget;

/** There is nothing at the address, or not for this method. The error may name cameras: only a client that is admitted gets it. */
interface NoTarget {
  readonly kind: 'nothing';
  readonly error: unknown;
}

/** Where an address leads, before the method and the table of routes are considered. */
export type Address =
  | FrameTarget
  /** The page and the control API. `path` are its decoded segments, `written` is the path as sent. */
  | { readonly kind: 'control'; readonly path: readonly string[]; readonly written: string };

/** Keys and values of an address. The first of equal keys counts. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Duet Web Control appends `_<random>` to whole addresses, to bypass caches. */
const SUFFIX = /_\d+(\.\d+)?$/;
const VERB = /^(?:(stream)(?:\.mjpe?g)?|(snapshot)(?:\.jpe?g)?)(?:_\d+(?:\.\d+)?)?$/;

/**
 * Resolves a request; never throws.
 *
 * @param url the request target as sent
 * @param cameras names, in the order of the hub
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
    throw new FramehubError('HTTP_METHOD_NOT_ALLOWED', mustBe('the method', 'GET or HEAD', method), {
      allow: 'GET, HEAD, OPTIONS',
    });
  } catch (error) {
    return { kind: 'nothing', error };
  }
}

/**
 * Finds out what an address asks for, in every form that clients of usbStream, ustreamer, mjpg-streamer and Duet write.
 *
 * @param url the request target as sent
 * @param cameras names, in the order of the hub; the first is meant when none is named
 * @throws FramehubError `CAMERA_UNKNOWN`, `HTTP_NOT_FOUND` (a path that leaves its root), `HTTP_BAD_QUERY` (an unknown action)
 */
export function resolveAddress(url: string, cameras: readonly string[]): Address {
  const { written, segments, query } = parseUrl(url);
  const [first = '', second = ''] = segments;
  const control: Address = { kind: 'control', path: segments, written };
  if (segments.length > 2) return control;
  const verb = verbOf(first);
  if (verb) return { kind: verb, camera: pickCamera(second, cameras), query };
  const action = segments.length < 2 ? query.action : undefined;
  if (action !== undefined) return resolveAction(action, first, cameras, query);
  const secondVerb = verbOf(second);
  if (secondVerb) return { kind: secondVerb, camera: pickWebcam(first, cameras), query };
  return control;
}

function parseUrl(url: string): { written: string; segments: readonly string[]; query: Query } {
  // A proxy may send the whole address.
  const target = url.replace(/^https?:\/\/[^/?&]*/i, '');
  // Mainsail and OctoPrint append `&key=value` to a path without `?`.
  const [path = '', ...pairs] = target.split(/[?&]/);
  const segments = path.split('/').filter((segment) => segment !== '');
  const decoded = segments.map(decode);
  if (decoded.some((segment) => segment === undefined || /^\.\.?$|[/\\\0]/.test(segment)))
    throw new FramehubError('HTTP_NOT_FOUND', `there is nothing at ${shownValue(path)}`);
  return { written: path, segments: decoded as string[], query: parseQuery(pairs) };
}

function parseQuery(pairs: readonly string[]): Query {
  const query: Record<string, string> = Object.create(null);
  for (const [place, pair] of pairs.entries()) {
    const [key = '', ...rest] = pair.split('=');
    const text = rest.join('=').replaceAll('+', ' ');
    const value = decode(text) ?? text;
    // The suffix of a whole address ends up in its last value. Actions and keys may end like it themselves.
    const last = place === pairs.length - 1 && key !== 'action' && key !== 'key';
    query[key] ??= last ? value.replace(SUFFIX, '') : value;
  }
  return query;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function verbOf(segment: string): 'stream' | 'snapshot' | undefined {
  const match = VERB.exec(segment);
  return (match?.[1] ?? match?.[2]) as 'stream' | 'snapshot' | undefined;
}

/** mjpg-streamer: `?action=stream`, `?action=stream_1` for its second input; `snapshot` counts as a prefix. */
function resolveAction(action: string, place: string, cameras: readonly string[], query: Query): Address {
  const match = /^(stream|snapshot)(?:_(\d+)(?!\.))?/.exec(action);
  if (!match)
    throw new FramehubError('HTTP_BAD_QUERY', mustBe('action', 'stream or snapshot', action), { key: 'action' });
  const kind = match[1] as 'stream' | 'snapshot';
  // A number that belongs to no camera is there to bypass caches.
  const numbered = match[2] === undefined ? undefined : cameras[Number(match[2])];
  return { kind, camera: numbered ?? pickWebcam(place, cameras), query };
}

/** `webcam` and `webcam2` … `webcam4` are the names that proxies of 3D printers give to cameras. */
function pickWebcam(place: string, cameras: readonly string[]): string {
  const webcam = /^webcam(\d*)$/.exec(place);
  if (!webcam || cameras.includes(place)) return pickCamera(place, cameras);
  const camera = cameras[webcam[1] ? Number(webcam[1]) - 1 : 0];
  return camera ?? pickCamera(place, cameras);
}

/**
 * Picks a camera by name or by its number from 0; the first for an empty text.
 *
 * @throws FramehubError `CAMERA_UNKNOWN`
 */
export function pickCamera(requested: string, cameras: readonly string[]): string {
  const spellings = [requested, requested.replace(SUFFIX, '')].flatMap((text) => [text, text.replace(/\.jpe?g$/, '')]);
  const camera =
    spellings.find((text) => cameras.includes(text)) ??
    (requested === '' ? cameras[0] : undefined) ??
    spellings.map(byNumber(cameras)).find((name) => name !== undefined);
  if (camera !== undefined) return camera;
  throw unknownCamera(requested, cameras);
}

const byNumber =
  (cameras: readonly string[]) =>
  (text: string): string | undefined =>
    /^\d+$/.test(text) ? cameras[Number(text)] : undefined;

export interface FoundCamera {
  readonly view: CameraView;
  /** Its number in addresses. */
  readonly index: number;
}

/** Finds a camera by its exact name. @throws FramehubError `CAMERA_UNKNOWN` */
export function findCamera(hub: Hub, name: string): FoundCamera {
  const cameras = hub.cameras();
  const index = cameras.findIndex((camera) => camera.name === name);
  const view = cameras[index];
  if (!view) throw unknownCamera(name, namesOf(hub));
  return { view, index };
}

/** The names of the hub's cameras, in its order. */
export function namesOf(hub: Hub): readonly string[] {
  return hub.cameras().map((camera) => camera.name);
}

import { FramehubError, unknownCamera } from '@framehub/frame';

/** Where a request leads. */
export type Address =
  | { readonly kind: 'stream' | 'snapshot'; readonly camera: string; readonly query: Query }
  /** The page and the control API; the path in its parts, decoded, and as it was written. */
  | { readonly kind: 'control'; readonly path: readonly string[]; readonly written: string };

/** Keys and values of an address, as texts. The first of equal keys counts. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Duet Web Control appends `_<random>` to whole addresses, to get past caches. */
const SUFFIX = /_\d+(\.\d+)?$/;
const VERB = /^(?:(stream)(?:\.mjpe?g)?|(snapshot)(?:\.jpe?g)?)(?:_\d+(?:\.\d+)?)?$/;

/**
 * Finds out what a request asks for, in every form that clients of usbStream, ustreamer, mjpg-streamer and Duet write.
 *
 * @param url the request target as sent
 * @param cameras names, in their order; the first is meant when none is named
 * @throws FramehubError `CAMERA_UNKNOWN`, `HTTP_NOT_FOUND` (a path that leaves its root), `HTTP_BAD_QUERY` (an unknown action)
 */
export function resolveAddress(url: string, cameras: readonly string[]): Address {
  const { written, segments, query } = dissect(url);
  const [first = '', second = ''] = segments;
  const control: Address = { kind: 'control', path: segments, written };
  if (segments.length > 2) return control;
  const verb = verbOf(first);
  if (verb) return { kind: verb, camera: pickCamera(second, cameras), query };
  const action = segments.length < 2 ? query.action : undefined;
  if (action !== undefined) return resolveAction(action, first, cameras, query);
  const verbBehind = verbOf(second);
  if (verbBehind) return { kind: verbBehind, camera: pickPlace(first, cameras), query };
  return control;
}

function dissect(url: string): { written: string; segments: readonly string[]; query: Query } {
  // A proxy may send the whole address.
  const target = url.replace(/^https?:\/\/[^/?&]*/i, '');
  // Mainsail and OctoPrint glue `&key=value` to a path that has no `?` yet.
  const [path = '', ...pairs] = target.split(/[?&]/);
  const segments = path.split('/').filter((segment) => segment !== '');
  const decoded = segments.map(decode);
  if (decoded.some((segment) => segment === undefined || /^\.\.?$|[/\\\0]/.test(segment))) throw notFound(path);
  return { written: path, segments: decoded as string[], query: readQuery(pairs) };
}

function readQuery(pairs: readonly string[]): Query {
  const query: Record<string, string> = Object.create(null);
  for (const [place, pair] of pairs.entries()) {
    const [key = '', ...rest] = pair.split('=');
    const text = rest.join('=').replaceAll('+', ' ');
    const value = decode(text) ?? text;
    // The suffix of a whole address ends up in its last value. Names and actions may end that way by themselves.
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
  if (!match) {
    throw new FramehubError(
      'HTTP_BAD_QUERY',
      `action=${shorten(action)} is not possible: allowed is stream, snapshot`,
      {
        key: 'action',
      },
    );
  }
  const kind = match[1] as 'stream' | 'snapshot';
  // A number that is no camera's is a cache buster.
  const numbered = match[2] === undefined ? undefined : cameras[Number(match[2])];
  return { kind, camera: numbered ?? pickPlace(place, cameras), query };
}

/** `webcam` and `webcam2` … `webcam4` are the names that printers' proxies give to cameras. */
function pickPlace(place: string, cameras: readonly string[]): string {
  const webcam = /^webcam(\d*)$/.exec(place);
  if (!webcam || cameras.includes(place)) return pickCamera(place, cameras);
  const camera = cameras[webcam[1] ? Number(webcam[1]) - 1 : 0];
  return camera ?? pickCamera(place, cameras);
}

/**
 * A camera by name, or by its place in the list from 0; the first when nothing is said.
 * Throws `CAMERA_UNKNOWN` with the list of those there are.
 */
export function pickCamera(wanted: string, cameras: readonly string[]): string {
  const spellings = [wanted, wanted.replace(SUFFIX, '')].flatMap((text) => [text, text.replace(/\.jpe?g$/, '')]);
  const camera =
    spellings.find((text) => cameras.includes(text)) ??
    (wanted === '' ? cameras[0] : undefined) ??
    spellings.map(byNumber(cameras)).find((name) => name !== undefined);
  if (camera !== undefined) return camera;
  throw unknownCamera(wanted, cameras);
}

const byNumber =
  (cameras: readonly string[]) =>
  (text: string): string | undefined =>
    /^\d+$/.test(text) ? cameras[Number(text)] : undefined;

function notFound(path: string): FramehubError {
  return new FramehubError('HTTP_NOT_FOUND', `there is nothing at ${shorten(path)}`);
}

/** Users' texts in messages: short, and without control characters. */
export function shorten(text: string): string {
  const printable = text.replace(/[^\x20-\x7e\xa0-\uffff]/g, '?');
  return printable.length > 60 ? `${printable.slice(0, 60)}…` : printable;
}

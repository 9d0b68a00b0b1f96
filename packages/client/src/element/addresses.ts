import type { SubscribeOptions } from '../subscription.js';

/** Addresses of one camera over plain HTTP. */
export interface Addresses {
  readonly stream: string;
  readonly snapshot: string;
  /** Of its state. */
  readonly report: string;
}

/** @param server any address of the hub, of its WebSocket too @param camera the first when undefined */
export function addressesOf(server: string, camera: string | undefined, wishes: SubscribeOptions): Addresses {
  const hub = new URL(server, location.href);
  hub.protocol = hub.protocol.replace(/^ws/, 'http');
  const base = `${hub.origin}${hub.pathname.replace(/\/(ws)?$/, '')}`;
  const { credit: _, maxFps, ...rendition } = wishes;
  const at = (verb: string, more: object): string => {
    const entries = Object.entries({ ...rendition, ...more }).map(([key, value]) => [key, String(value)]);
    const query = entries.length > 0 ? `?${new URLSearchParams(entries)}` : '';
    return `${base}/${verb}${camera === undefined ? '' : `/${encodeURIComponent(camera)}`}${query}`;
  };
  return {
    stream: at('stream', maxFps === undefined ? {} : { fps: maxFps }),
    snapshot: at('snapshot', { placeholder: 1 }),
    report: `${base}/api/cameras/${encodeURIComponent(camera ?? '0')}`,
  };
}

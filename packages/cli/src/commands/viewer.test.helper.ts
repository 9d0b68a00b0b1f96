import { inspectJpeg } from '@framehub/frame';
import type { ExecutionContext } from 'ava';

/** Somebody who watches an MJPEG stream until the test is over. */
export interface Viewer {
  /** Resolves with the next frame of this size, `WIDTHxHEIGHT`. Rejects when the stream ends before. */
  size(wanted: string): Promise<void>;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  /** True as long as the first connection is up. */
  connected(): boolean;
}

export async function view(t: ExecutionContext, url: string): Promise<Viewer> {
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  const response = await fetch(url, { signal: abort.signal });
  const looking = new Set<(size: string) => void>();
  let isUp = true;
  const read = async (): Promise<void> => {
    for await (const frame of parts(response.body as AsyncIterable<Uint8Array>)) {
      const jpeg = inspectJpeg(frame);
      if ('width' in jpeg) for (const look of [...looking]) look(`${jpeg.width}x${jpeg.height}`);
    }
  };
  const ended = read()
    .catch(() => {})
    .finally(() => {
      isUp = false;
    });
  return {
    ended,
    connected: () => isUp,
    size: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (size: string): void => {
          if (size !== wanted) return;
          looking.delete(look);
          resolve();
        };
        looking.add(look);
        void ended.then(() => reject(new Error(`the stream ended before a frame of ${wanted} came`)));
      }),
  };
}

/** The parts of a multipart stream, by their Content-Length. */
async function* parts(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const chunk of body) {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const end = held.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(held.subarray(0, Math.max(end, 0)).toString('latin1'))?.[1];
      if (length === undefined || held.length < end + 4 + Number(length)) break;
      yield held.subarray(end + 4, end + 4 + Number(length));
      held = held.subarray(end + 4 + Number(length));
    }
  }
}

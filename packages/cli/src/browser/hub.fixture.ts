import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { ExecutionContext } from 'ava';
import { type ConfigInput, type Server, serve } from '../index.js';

export interface RunningHub {
  readonly server: Server;
  readonly url: string;
}

type Cameras = NonNullable<ConfigInput['cameras']>;

/** Milliseconds, before a test's own time is up. */
const IN_VAIN = 60_000;

/** Small and quick. */
export const PATTERN = { source: 'pattern', size: '320x240', fps: 10 } as const;

/** The whole of framehub on a port of this machine, until the test ends. @param http more of that section */
export async function startHub(
  t: ExecutionContext,
  cameras: Cameras = { garage: PATTERN, printer: PATTERN },
  http: ConfigInput['http'] = {},
): Promise<RunningHub> {
  const server = await serve({ cameras, http: { host: '127.0.0.1', port: 0, ...http } });
  t.teardown(() => server.close());
  return { server, url: `http://127.0.0.1:${server.port}` };
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look into JSON that others made
export async function ask(url: string, path: string, change?: object): Promise<any> {
  const answer = await fetch(`${url}/api/cameras/${path}`, {
    ...(change && { method: 'PATCH', body: JSON.stringify(change) }),
  });
  return answer.json();
}

/** Waits until the hub sees so many viewers of a camera. */
export async function untilViewers(url: string, camera: string, count: number): Promise<void> {
  const deadline = Date.now() + IN_VAIN;
  for (let seen: unknown; seen !== count; seen = (await ask(url, camera)).viewers) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${count} viewers of ${camera}: there are ${seen}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Looks at a stream as one of the others, until it is asked to leave. Not by `fetch`, which hangs up by itself when the
 * answer that nobody reads is collected as garbage.
 */
export async function joinAsViewer(t: ExecutionContext, url: string): Promise<{ leave(): void }> {
  const request = get(url);
  t.teardown(() => request.destroy());
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => {}).resume();
  return { leave: () => request.destroy() };
}

import { once } from 'node:events';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ExecutionContext } from 'ava';

/** One script tag, as the page of a camera gives it to be copied, and room to scroll. */
export const foreignPage = (hub: string, more = ''): string =>
  `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${hub}/framehub-view.js"></script>
  <framehub-view camera="garage" ${more}></framehub-view><div style="height: 5000px"></div>`;

/** Serves one page of HTML, as a dashboard on another host would. Returns its address. */
export async function servePage(t: ExecutionContext, html: string): Promise<string> {
  const server = createServer((req, res) => {
    res.writeHead(req.url === '/' ? 200 : 204, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);
  });
  return listen(t, server);
}

export interface ProxyOptions {
  /** Where the hub is, on the proxy: `/cameras`. */
  readonly path?: string;
  /** Begins of the hub's paths that are refused. A WebSocket's is `/ws`. */
  readonly refused?: readonly string[];
  /** Given each answer of the hub that is passed on, with its address at the hub: it can be ended, or cut. */
  readonly passing?: (path: string, answer: ServerResponse) => void;
}

/** A proxy in front of a hub. Returns its address, without a slash at its end. */
export async function serveProxy(
  t: ExecutionContext,
  hub: string,
  { path = '', refused = [], passing = () => {} }: ProxyOptions,
): Promise<string> {
  const isOpen = (target: string): boolean =>
    target.startsWith(path) && !refused.some((begin) => target.startsWith(path + begin));
  const server = createServer((req, res) => {
    const { method, headers, url = '/' } = req;
    if (!isOpen(url)) {
      res.writeHead(502).end();
      return;
    }
    const onward = request(hub + url.slice(path.length), { ...(method && { method }), headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
      passing(url.slice(path.length), res);
    });
    // The hub may go on for a moment after its answer was ended here.
    res.on('error', () => onward.destroy());
    res.on('close', () => onward.destroy());
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  });
  const ends = new Set<Duplex>();
  t.teardown(() => {
    for (const end of ends) end.destroy();
  });
  server.on('upgrade', ({ method, url = '/', rawHeaders }, socket) => {
    if (!isOpen(url)) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n');
      return;
    }
    const onward = connect(Number(new URL(hub).port), '127.0.0.1');
    const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
    onward.write([`${method} ${url.slice(path.length)} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    onward.pipe(socket).pipe(onward);
    for (const end of [onward, socket]) {
      ends.add(end);
      end.on('error', () => end.destroy());
      end.on('close', () => ends.delete(end));
    }
  });
  return (await listen(t, server)) + path;
}

async function listen(t: ExecutionContext, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

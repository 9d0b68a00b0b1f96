import { connect, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

/** A client without an HTTP library: writes raw requests, and keeps the bytes that it receives. */
export class RawClient {
  readonly socket: Socket;
  /** Bytes received so far. */
  bytes = 0;
  closed = false;
  #chunks: Buffer[] = [];
  #wake: () => void = () => {};

  /** @param from the client's own address */
  constructor(t: ExecutionContext, port: number, from = '127.0.0.1') {
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from });
    this.socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.bytes += chunk.length;
      this.#wake();
    });
    // A reset is an end like any other here.
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
    t.teardown(() => this.socket.destroy());
  }

  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  get text(): string {
    return this.received.toString('latin1');
  }

  get body(): Buffer {
    return this.received.subarray(this.received.indexOf('\r\n\r\n') + 4);
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET', version = '1.1'): void {
    const lines = Object.entries({ Host: 'camera', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket.write(`${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.closed) throw new Error(`the connection closed after: ${this.text.slice(0, 500)}`);
      await this.#next();
    }
  }

  async untilClosed(): Promise<void> {
    while (!this.closed) await this.#next();
  }

  /** Waits until so many parts have come whole. */
  async parts(count: number): Promise<readonly Part[]> {
    await this.until(() => readParts(this.body).length >= count);
    return readParts(this.body);
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

export interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Buffer;
}

/** The whole parts of a body so far, by RFC 2046's rule: up to the boundary, whatever the length says. */
function readParts(body: Buffer): readonly Part[] {
  const delimiter = Buffer.from('\r\n--boundarydonotcross\r\n');
  const parts: Part[] = [];
  let at = delimiter.length - 2;
  for (;;) {
    const end = body.indexOf(delimiter, at);
    if (end < 0) return parts;
    const blank = body.indexOf('\r\n\r\n', at);
    const lines = body.toString('latin1', at, blank).split('\r\n');
    parts.push({
      headers: Object.fromEntries(
        lines.map((line) => line.split(': ')).map(([name = '', value = '']) => [name, value]),
      ),
      data: body.subarray(blank + 4, end),
    });
    at = end + delimiter.length;
  }
}

/** Opens a stream and waits for its head. */
export async function openStream(
  t: ExecutionContext,
  port: number,
  path = '/stream',
  {
    headers = {},
    from = '127.0.0.1',
  }: { readonly headers?: Readonly<Record<string, string>>; readonly from?: string } = {},
): Promise<RawClient> {
  const client = new RawClient(t, port, from);
  client.get(path, headers);
  await client.until(() => client.received.includes('--boundarydonotcross\r\n'));
  return client;
}

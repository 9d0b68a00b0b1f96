import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;

/** A WebSocket frame. */
export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A client that reads each WebSocket frame, and answers none. */
export class RawClient {
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (data) => {
      this.#bytes = Buffer.concat([this.#bytes, data]);
    });
    // A client that answers nothing may be disconnected.
    socket.on('error', () => {});
  }

  /** @param path of the address */
  static async connect(t: ExecutionContext, url: string, path: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const socket = createConnection(Number(port), hostname);
    const client = new RawClient(socket);
    t.teardown(() => socket.destroy());
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    await once(socket, 'data');
    return client;
  }

  /** All complete frames that have arrived. */
  get frames(): readonly RawFrame[] {
    const frames: RawFrame[] = [];
    let rest = this.#bytes.subarray(this.#bytes.indexOf('\r\n\r\n') + 4);
    for (let frame = read(rest); frame; frame = read(rest)) {
      frames.push(frame);
      rest = rest.subarray(frame.end);
    }
    return frames;
  }

  /** Resolves with all frames when the connection is closed. */
  async gone(): Promise<readonly RawFrame[]> {
    if (!this.socket.closed) await once(this.socket, 'close');
    return this.frames;
  }

  /** Sends a short text with a mask of zeros. */
  send(text: string): void {
    this.socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]));
  }
}

/** The code of a Close frame. */
export function codeOf({ payload }: RawFrame): number {
  return payload.readUInt16BE(0);
}

function read(bytes: Buffer): (RawFrame & { readonly end: number }) | undefined {
  if (bytes.length < 10) return readShort(bytes);
  const short = bytes.readUInt8(1);
  if (short < 126) return readShort(bytes);
  return short === 126 ? cut(bytes, 4, bytes.readUInt16BE(2)) : cut(bytes, 10, Number(bytes.readBigUInt64BE(2)));
}

function readShort(bytes: Buffer) {
  return bytes.length < 2 ? undefined : cut(bytes, 2, bytes.readUInt8(1));
}

function cut(bytes: Buffer, start: number, length: number) {
  const end = start + length;
  if (bytes.length < end) return undefined;
  return { opcode: bytes.readUInt8(0) & 15, payload: bytes.subarray(start, end), end };
}

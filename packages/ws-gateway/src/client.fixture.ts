import { once } from 'node:events';
import type { ExecutionContext } from 'ava';
import { WebSocket } from 'ws';

/** A frame, read by the description of the protocol. */
export interface ReceivedFrame {
  readonly flags: number;
  readonly id: number;
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly capturedAt: number;
  readonly width: number;
  readonly height: number;
  readonly dropped: number;
  readonly jpeg: Buffer;
}

type Message = { readonly op: string } & Readonly<Record<string, unknown>>;

/** A client written from the protocol's description, not with the gateway's code. */
export class TestClient {
  readonly messages: Message[] = [];
  readonly frames: ReceivedFrame[] = [];
  readonly socket: WebSocket;
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.frames.push(readFrame(data as Buffer));
      else this.messages.push(JSON.parse(String(data)));
      this.#wake();
    });
    socket.on('close', () => this.#wake());
  }

  /** Connects and waits for the hello. */
  static async connect(
    t: ExecutionContext,
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TestClient> {
    const socket = new WebSocket(`${url}/ws`, ['framehub.v1'], { headers });
    const client = new TestClient(socket);
    t.teardown(() => socket.terminate());
    await client.receive('hello');
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message of this kind that was not returned before. */
  async receive(op: string): Promise<Message> {
    return this.#until(() => {
      const place = this.messages.findIndex((message) => message.op === op);
      return place < 0 ? undefined : this.messages.splice(place, 1)[0];
    });
  }

  async frame(): Promise<ReceivedFrame> {
    return this.#until(() => this.frames.shift());
  }

  /** Resolves when at least this many frames wait to be read. */
  async seen(count: number): Promise<void> {
    await this.#until(() => this.frames.length >= count || undefined);
  }

  async subscribe(id: number, camera: string, more: object = {}): Promise<void> {
    this.send({ op: 'subscribe', id, camera, ...more });
    await this.receive('subscribed');
  }

  /** Resolves when the server has read all earlier messages, and its answers have arrived. */
  async settled(): Promise<void> {
    this.send({ op: 'time', sent: 1 });
    await this.receive('time');
  }

  async #until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.socket.readyState >= WebSocket.CLOSING) throw new Error('the connection is closed');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

export async function closed(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = await once(socket, 'close');
  return { code, reason: String(reason) };
}

function readFrame(data: Buffer): ReceivedFrame {
  return {
    flags: data.readUInt8(1),
    id: data.readUInt32LE(4),
    sequence: Number(data.readBigUInt64LE(8)),
    capturedAt: Number(data.readBigUInt64LE(16)) / 1e6,
    width: data.readUInt16LE(24),
    height: data.readUInt16LE(26),
    dropped: data.readUInt32LE(28),
    jpeg: data.readUInt8(0) === 1 ? data.subarray(data.readUInt16LE(2)) : Buffer.alloc(0),
  };
}

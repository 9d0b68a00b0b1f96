import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface Will {
  readonly topic: string;
  readonly payload: string;
}

export interface RawOptions {
  readonly id?: string;
  readonly will?: Will;
  /** Local address to connect from. */
  readonly from?: string;
}

let count = 0;

/** A client that sends the packets of a test, valid or not. */
export class RawClient {
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    socket.on('close', () => this.#wake());
  }

  static async open(t: ExecutionContext, port: number, from?: string): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', ...(from && { localAddress: from }) });
    t.teardown(() => socket.destroy());
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Connects. Rejects if the server refuses. */
  static async connect(t: ExecutionContext, port: number, { id, will, from }: RawOptions = {}): Promise<RawClient> {
    const client = await RawClient.open(t, port, from);
    count += 1;
    client.send(connectPacket(id ?? `raw${count}`, will));
    const [type, , , code] = await client.answer();
    if (type !== 0x20 || code !== 0) throw new Error(`CONNACK ${code}`);
    return client;
  }

  send(...packets: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(packets));
  }

  /** The next packet. Rejects at the end of the connection. */
  async answer(): Promise<Buffer> {
    for (;;) {
      const received = this.#shift();
      if (received) return received;
      if (this.socket.destroyed) throw new Error('the connection was closed');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when all earlier packets are processed: the response to a ping follows theirs. */
  async settled(): Promise<void> {
    this.send(Buffer.from([0xc0, 0]));
    while ((await this.answer())[0] !== 0xd0);
  }

  /** Removes the first complete packet of those received. */
  #shift(): Buffer | undefined {
    let length = 0;
    for (let at = 1; at < Math.min(5, this.#bytes.length); at++) {
      const byte = this.#bytes[at] ?? 0;
      length += (byte & 0x7f) * 128 ** (at - 1);
      if ((byte & 0x80) !== 0) continue;
      const end = at + 1 + length;
      if (this.#bytes.length < end) return undefined;
      const first = this.#bytes.subarray(0, end);
      this.#bytes = this.#bytes.subarray(end);
      return first;
    }
    return undefined;
  }
}

export function packet(firstByte: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([firstByte, ...length]), body]);
}

export const number = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}

export function connectPacket(id: string, will?: Will): Buffer {
  const flags = 2 | (will ? 0x24 : 0);
  const rest = will ? [text(will.topic), text(will.payload)] : [];
  return packet(0x10, text('MQTT'), Buffer.from([4, flags, 0, 0]), text(id), ...rest);
}

export interface Publishing {
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly id?: number;
}

export function publishPacket(
  topic: string,
  payload: Buffer | string,
  { qos = 0, retain = false, id = 1 }: Publishing = {},
): Buffer {
  const firstByte = 0x30 | (qos << 1) | (retain ? 1 : 0);
  return packet(firstByte, text(topic), qos > 0 ? number(id) : Buffer.alloc(0), Buffer.from(payload));
}

export function subscribePacket(id: number, ...filters: readonly string[]): Buffer {
  return packet(0x82, number(id), ...filters.flatMap((filter) => [text(filter), Buffer.from([0])]));
}

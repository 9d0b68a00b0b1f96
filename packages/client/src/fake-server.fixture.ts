import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { WebSocket, WebSocketServer } from 'ws';
import { connect, type FramehubClient } from './client.js';
import type { WebSocketConstructor } from './connection.js';
import type { CameraInfo, ServerMessage } from './protocol.js';

export const camera = (name: string, more: Partial<CameraInfo> = {}): CameraInfo => ({
  name,
  source: 'test',
  state: 'live',
  placeholder: null,
  error: null,
  format: null,
  fps: { nominal: 30, measured: 30 },
  frozenSince: null,
  viewers: 0,
  restarts: 0,
  ...more,
});

/** The server's side of a connection, which says what the test says. */
export class Peer {
  readonly heard: Record<string, unknown>[] = [];
  #waiting: (() => void)[] = [];

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.heard.push(JSON.parse(String(data)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  say(message: ServerMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** A picture, with the header as the protocol's description has it. */
  show(id: number, sequence: number, { dropped = 0, capturedAt = Date.now(), flags = 0, jpeg = [1, 2, 3] } = {}): void {
    const head = Buffer.alloc(32);
    head.writeUInt8(1, 0);
    head.writeUInt8(flags, 1);
    head.writeUInt16LE(32, 2);
    head.writeUInt32LE(id, 4);
    head.writeBigUInt64LE(BigInt(sequence), 8);
    head.writeBigUInt64LE(BigInt(capturedAt) * 1_000_000n, 16);
    head.writeUInt16LE(640, 24);
    head.writeUInt16LE(480, 26);
    head.writeUInt32LE(dropped, 28);
    this.socket.send(Buffer.concat([head, Buffer.from(jpeg)]));
  }

  /** The next message of this kind. */
  async hears(op: string): Promise<Record<string, unknown>> {
    for (;;) {
      const place = this.heard.findIndex((message) => message.op === op);
      if (place >= 0) return this.heard.splice(place, 1)[0] as Record<string, unknown>;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** A hub that a test plays, on a free port of this machine. */
export class TestHub {
  readonly #server: WebSocketServer;
  readonly #peers: Peer[] = [];
  #come: (() => void)[] = [];

  private constructor(
    server: WebSocketServer,
    private cameras: readonly CameraInfo[],
  ) {
    this.#server = server;
    server.on('connection', (socket) => {
      const peer = new Peer(socket);
      peer.say({ op: 'hello', version: 1, server: 'test', time: Date.now(), cameras: this.cameras, mayChange: true });
      this.#peers.push(peer);
      for (const wake of this.#come.splice(0)) wake();
    });
  }

  static async start(t: ExecutionContext, cameras = [camera('garage')], port = 0): Promise<TestHub> {
    const server = new WebSocketServer({ port, host: '127.0.0.1', path: '/ws' });
    await once(server, 'listening');
    const hub = new TestHub(server, cameras);
    t.teardown(() => hub.stop());
    return hub;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The next connection. */
  async peer(): Promise<Peer> {
    for (;;) {
      const peer = this.#peers.shift();
      if (peer) return peer;
      await new Promise<void>((resolve) => this.#come.push(resolve));
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A client of the hub, until the test ends. */
export function clientOf(t: ExecutionContext, url: string): FramehubClient {
  const client = connect(url, { WebSocket: WebSocket as unknown as WebSocketConstructor });
  t.teardown(() => client.close());
  return client;
}

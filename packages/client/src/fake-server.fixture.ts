import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { CameraInfo, ServerMessage } from '@framehub/frame/protocol';
import type { ExecutionContext } from 'ava';
import { WebSocket, WebSocketServer } from 'ws';
import { connect, type FramehubClient } from './client.js';

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

/** The server's end of a connection, under control of the test. */
export class Peer {
  readonly socket: WebSocket;
  readonly received: Record<string, unknown>[] = [];
  #waiting: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.received.push(JSON.parse(String(data)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  send(message: ServerMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends a frame, with the header as the protocol's description has it. */
  sendFrame(
    id: number,
    sequence: number,
    { dropped = 0, capturedAt = Date.now(), flags = 0, jpeg = [1, 2, 3] } = {},
  ): void {
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
  async receive(op: string): Promise<Record<string, unknown>> {
    for (;;) {
      const place = this.received.findIndex((message) => message.op === op);
      if (place >= 0) return this.received.splice(place, 1)[0] as Record<string, unknown>;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** A server under control of a test, on a free port of this machine. */
export class FakeServer {
  readonly #server: WebSocketServer;
  readonly #peers: Peer[] = [];
  #waiting: (() => void)[] = [];

  private constructor(server: WebSocketServer, cameras: readonly CameraInfo[]) {
    this.#server = server;
    server.on('connection', (socket) => {
      const peer = new Peer(socket);
      peer.send({
        op: 'hello',
        version: 1,
        server: 'test',
        time: Date.now(),
        cameras,
        limits: { subscriptions: 64, credit: 16, messageBytes: 65_536 },
        canControl: true,
      });
      this.#peers.push(peer);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async start(t: ExecutionContext, cameras = [camera('garage')], port = 0): Promise<FakeServer> {
    const server = new WebSocketServer({ port, host: '127.0.0.1', path: '/ws' });
    await once(server, 'listening');
    const fake = new FakeServer(server, cameras);
    t.teardown(() => fake.stop());
    return fake;
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
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A client of the server, until the test ends. */
export function clientOf(t: ExecutionContext, url: string): FramehubClient {
  const client = connect(url, { WebSocket });
  t.teardown(() => client.close());
  return client;
}

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { PacketGate } from './packet-gate.js';

export interface ConnectionBounds {
  /** Bytes of a packet that comes in. */
  readonly maxPacket: number;
  /** Bytes on their way out that the other side has not taken. */
  readonly maxBuffered: number;
}

/** A client's socket, between bounds: it is closed at the first byte of a packet that is too large, and tells how far behind it is. */
export class BoundedConnection extends Duplex {
  readonly #socket: Socket;
  readonly #gate: PacketGate;

  constructor(
    socket: Socket,
    private readonly bounds: ConnectionBounds,
  ) {
    super({ writableHighWaterMark: bounds.maxBuffered });
    this.#socket = socket;
    this.#gate = new PacketGate(bounds.maxPacket);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** Whether this many bytes more may wait to be taken. */
  hasRoom(bytes: number): boolean {
    return this.writableLength + bytes < this.bounds.maxBuffered;
  }

  #take(chunk: Buffer): void {
    if (!this.#gate.admits(chunk)) {
      this.destroy(new Error(`a packet is larger than ${this.bounds.maxPacket} bytes`));
      return;
    }
    if (!this.push(chunk)) this.#socket.pause();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.cork();
    for (const [at, { chunk }] of chunks.entries()) {
      if (at === chunks.length - 1) this.#socket.write(chunk, done);
      else this.#socket.write(chunk);
    }
    this.#socket.uncork();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

import type { Socket } from 'node:net';

/** What Node's own time-outs of sockets look at. */
interface Handle {
  /** Bytes handed to the system, those that it has not taken yet included. */
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

/**
 * Whether what waits for a socket moves. A link that takes a little now and then is slow, one that takes nothing is stuck,
 * and they differ in nothing else.
 *
 * It counts looks and not time: bytes move between two of them, however long this process stood still meanwhile.
 */
export class Backlog {
  readonly #socket: Socket;
  #taken = 0;
  #waited = false;
  #idle = 0;

  /** @param socket borrowed */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Looks in a row that found something waiting, of which nothing had been taken since the one before. */
  get idle(): number {
    return this.#idle;
  }

  /** @returns whether the other end has made room since the last look: a sign of life */
  look(): boolean {
    const taken = takenOf(this.#socket);
    const moved = this.#waited && taken > this.#taken;
    const waits = this.#socket.writableLength > 0;
    this.#idle = waits && this.#waited && !moved ? this.#idle + 1 : 0;
    this.#waited = waits;
    this.#taken = taken;
    return moved;
  }
}

function takenOf(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { readonly _handle?: Handle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}

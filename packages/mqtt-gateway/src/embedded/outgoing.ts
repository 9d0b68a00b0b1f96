import type { Socket } from 'node:net';

/** Pieces up to this many bytes are copied into blocks: each piece by itself costs far more than its bytes. */
const SMALL = 2048;
const BLOCK = 16_384;
/** Bytes that are handed to the kernel at a time, so that it is seen when it takes some. */
const BATCH = 65_536;

/** Bytes on their way to a socket, counted until the kernel has taken them. */
export class Outgoing {
  readonly #pieces: Buffer[] = [];
  #block = { memory: Buffer.alloc(0), filled: 0 };
  /** Where the last of the pieces begins in the block; undefined: the last piece is no part of it. */
  #blockPiece: number | undefined;
  #waiting = 0;
  #writing = false;
  #whenEmpty: (() => void) | undefined;

  /** @param onTaken is called whenever the kernel has taken some bytes */
  constructor(
    private readonly socket: Socket,
    private readonly onTaken: () => void,
  ) {}

  /** Bytes that have not been taken. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Borrows a large piece until it is taken; copies a small one. */
  add(piece: Buffer): void {
    this.#waiting += piece.length;
    if (piece.length > SMALL) {
      this.#blockPiece = undefined;
      for (let at = 0; at < piece.length; at += BATCH) this.#pieces.push(piece.subarray(at, at + BATCH));
    } else this.#addSmall(piece);
  }

  /** Writes what there is, as fast as it is taken. */
  flush(): void {
    if (this.#writing || this.#pieces.length === 0 || this.socket.destroyed) return;
    const batch = [this.#pieces.shift() as Buffer];
    let bytes = batch[0]?.length ?? 0;
    while (bytes + (this.#pieces[0]?.length ?? BATCH) <= BATCH) {
      const piece = this.#pieces.shift() as Buffer;
      batch.push(piece);
      bytes += piece.length;
    }
    if (this.#pieces.length === 0) this.#blockPiece = undefined;
    this.#writing = true;
    this.socket.cork();
    for (const piece of batch.slice(0, -1)) this.socket.write(piece);
    this.socket.write(batch.at(-1) as Buffer, (error) => this.#written(bytes, error));
    this.socket.uncork();
  }

  /** Calls back when nothing waits. */
  whenEmpty(done: () => void): void {
    if (this.#waiting === 0) done();
    else this.#whenEmpty = done;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#pieces.length = 0;
    this.#blockPiece = undefined;
    this.#waiting = 0;
  }

  #addSmall(piece: Buffer): void {
    if (this.#block.filled + piece.length > this.#block.memory.length) {
      this.#block = { memory: Buffer.allocUnsafeSlow(BLOCK), filled: 0 };
      this.#blockPiece = undefined;
    }
    const block = this.#block;
    piece.copy(block.memory, block.filled);
    if (this.#blockPiece === undefined) {
      this.#blockPiece = block.filled;
      this.#pieces.push(piece);
    }
    block.filled += piece.length;
    this.#pieces[this.#pieces.length - 1] = block.memory.subarray(this.#blockPiece, block.filled);
  }

  #written(bytes: number, error: Error | null | undefined): void {
    this.#writing = false;
    // The socket closes itself then.
    if (error || this.#waiting === 0) return;
    this.#waiting -= bytes;
    this.onTaken();
    this.flush();
    if (this.#waiting > 0 || !this.#whenEmpty) return;
    this.#whenEmpty();
    this.#whenEmpty = undefined;
  }
}

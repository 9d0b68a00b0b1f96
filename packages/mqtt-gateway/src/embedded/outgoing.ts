import type { Socket } from 'node:net';

/** Pieces up to this size are copied into blocks: a piece by itself costs far more than its bytes. */
const SMALL_BYTES = 2048;
const BLOCK_BYTES = 16_384;
/** Bytes handed to the kernel at a time, so that progress is visible. */
const BATCH_BYTES = 65_536;

/** Bytes on their way to a socket, counted until the kernel has taken them. */
export class Outgoing {
  readonly #pieces: Buffer[] = [];
  #block = { memory: Buffer.alloc(0), filled: 0 };
  /** Where the last piece begins in the block; undefined: the last piece is not in the block. */
  #blockPiece: number | undefined;
  readonly #socket: Socket;
  readonly #onTaken: () => void;
  #waiting = 0;
  #writing = false;
  #whenEmpty: (() => void) | undefined;

  /** @param onTaken called whenever the kernel has taken some bytes */
  constructor(socket: Socket, onTaken: () => void) {
    this.#socket = socket;
    this.#onTaken = onTaken;
  }

  /** Bytes that the kernel has not taken. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @param piece a large one is borrowed until the kernel has taken it, a small one is copied */
  add(piece: Buffer): void {
    this.#waiting += piece.length;
    if (piece.length > SMALL_BYTES) {
      this.#blockPiece = undefined;
      for (let at = 0; at < piece.length; at += BATCH_BYTES) this.#pieces.push(piece.subarray(at, at + BATCH_BYTES));
    } else this.#addSmall(piece);
  }

  /** Writes everything, as fast as the kernel takes it. */
  flush(): void {
    if (this.#writing || this.#pieces.length === 0 || this.#socket.destroyed) return;
    const batch = [this.#pieces.shift() as Buffer];
    let bytes = batch[0]?.length ?? 0;
    while (bytes + (this.#pieces[0]?.length ?? BATCH_BYTES) <= BATCH_BYTES) {
      const piece = this.#pieces.shift() as Buffer;
      batch.push(piece);
      bytes += piece.length;
    }
    if (this.#pieces.length === 0) this.#blockPiece = undefined;
    this.#writing = true;
    this.#socket.cork();
    for (const piece of batch.slice(0, -1)) this.#socket.write(piece);
    this.#socket.write(batch.at(-1) as Buffer, (error) => this.#written(bytes, error));
    this.#socket.uncork();
  }

  /** Calls back when nothing is waiting. */
  whenEmpty(done: () => void): void {
    if (this.#waiting === 0) done();
    else this.#whenEmpty = done;
  }

  /** Drops what is waiting. */
  clear(): void {
    this.#pieces.length = 0;
    this.#blockPiece = undefined;
    this.#waiting = 0;
  }

  #addSmall(piece: Buffer): void {
    if (this.#block.filled + piece.length > this.#block.memory.length) {
      this.#block = { memory: Buffer.allocUnsafeSlow(BLOCK_BYTES), filled: 0 };
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
    // On an error the socket closes itself.
    if (error || this.#waiting === 0) return;
    this.#waiting -= bytes;
    this.#onTaken();
    this.flush();
    if (this.#waiting > 0 || !this.#whenEmpty) return;
    this.#whenEmpty();
    this.#whenEmpty = undefined;
  }
}

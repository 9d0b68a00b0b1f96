import type { Socket } from 'node:net';
import type { JpegFrame } from '@framehub/frame';
import type { WebSocket } from 'ws';

/** RFC 6455, section 5.2: a final, binary, unmasked frame; its length in 7, 16 or 64 bits. */
const FINAL_BINARY = 0x82;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/**
 * Header of a frame in `framehub.v1`, little-endian: u8 op = 1, u8 flags, u16 header length, u32 subscription,
 * u64 sequence, u64 capture time in Unix nanoseconds, u16 width, u16 height, u32 frames dropped since the last one. The
 * JPEG follows the header, whose length a later version may raise.
 */
const FRAME_OP = 1;
const HEADER_BYTES = 32;
/** The frame is a placeholder. */
const FLAG_PLACEHOLDER = 1;
const MAX_U32 = 0xffff_ffff;

/** Milliseconds for one frame after which a link counts as slow. */
const SLOW_LINK_MS = 50;
/** Milliseconds that a frame which came while a slow link was busy waits for a newer one. */
const NEWER_FRAME_TIMEOUT_MS = 150;

/**
 * Writes frames to the socket of a connection, one at a time.
 *
 * Texts, pings and the closing handshake go through ws, which writes each message in one turn, so frames may be written to
 * the same socket between them. The kernel joins a few header bytes with the frame's own memory: one system call, and no
 * copy for each viewer.
 *
 * On a slow link, enough bytes to keep it busy are still on their way when the kernel has taken a frame, and a frame that
 * waited would grow older behind them. So the next frame to come is sent, or the waiting one if none comes soon.
 */
export class FrameWriter {
  readonly #peer: WebSocket;
  readonly #socket: Socket;
  readonly #onFree: () => void;
  #busySince: number | undefined;
  #pendingBytes = 0;
  #heldFrame: JpegFrame | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param peer nothing is sent once it is closing
   * @param socket borrowed; that of the peer
   * @param onFree called when the kernel has taken all of a frame, so that the next one may follow
   */
  constructor(peer: WebSocket, socket: Socket, onFree: () => void) {
    this.#peer = peer;
    this.#socket = socket;
    this.#onFree = onFree;
    socket.once('close', () => clearTimeout(this.#timer));
  }

  /** Whether the socket has not taken the last frame yet, or the connection is closing. */
  get busy(): boolean {
    return this.#busySince !== undefined || this.#peer.readyState !== this.#peer.OPEN;
  }

  /** Bytes of the last frame with its header until the socket has taken all of them. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The frame that the socket has not taken yet. */
  get heldFrame(): JpegFrame | undefined {
    return this.#heldFrame;
  }

  /** Sends a JPEG as a message of its own. @returns bytes */
  sendJpeg(frame: JpegFrame): number {
    return this.#write(Buffer.alloc(prefixBytes(frame.data.length)), frame, frame.data.length);
  }

  /** Sends a frame as a message of `framehub.v1`. @returns bytes */
  send(subscription: number, frame: JpegFrame, dropped: number): number {
    const payloadBytes = HEADER_BYTES + frame.data.length;
    const prefix = prefixBytes(payloadBytes);
    const head = Buffer.alloc(prefix + HEADER_BYTES);
    writeHeader(head.subarray(prefix), subscription, frame, dropped);
    return this.#write(head, frame, payloadBytes);
  }

  /** @param head begins with room for the WebSocket prefix */
  #write(head: Buffer, frame: JpegFrame, payloadBytes: number): number {
    writePrefix(head, payloadBytes);
    clearTimeout(this.#timer);
    this.#busySince = performance.now();
    this.#pendingBytes = head.length + frame.data.length;
    this.#heldFrame = frame;
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(frame.data, this.#onTaken);
    this.#socket.uncork();
    return this.#pendingBytes;
  }

  readonly #onTaken = (error?: Error | null): void => {
    // A broken socket closes by itself.
    if (error) return;
    const isSlow = performance.now() - (this.#busySince ?? 0) > SLOW_LINK_MS;
    this.#busySince = undefined;
    this.#pendingBytes = 0;
    this.#heldFrame = undefined;
    if (isSlow) this.#timer = setTimeout(this.#onFree, NEWER_FRAME_TIMEOUT_MS);
    else this.#onFree();
  };
}

function prefixBytes(payloadBytes: number): number {
  if (payloadBytes < LENGTH_16) return 2;
  return payloadBytes <= 0xffff ? 4 : 10;
}

function writePrefix(head: Buffer, payloadBytes: number): void {
  head[0] = FINAL_BINARY;
  if (payloadBytes < LENGTH_16) head[1] = payloadBytes;
  else if (payloadBytes <= 0xffff) {
    head[1] = LENGTH_16;
    head.writeUInt16BE(payloadBytes, 2);
  } else {
    head[1] = LENGTH_64;
    head.writeBigUInt64BE(BigInt(payloadBytes), 2);
  }
}

function writeHeader(header: Buffer, subscription: number, frame: JpegFrame, dropped: number): void {
  header.writeUInt8(FRAME_OP, 0);
  header.writeUInt8(frame.placeholder === undefined ? 0 : FLAG_PLACEHOLDER, 1);
  header.writeUInt16LE(HEADER_BYTES, 2);
  header.writeUInt32LE(subscription, 4);
  header.writeBigUInt64LE(BigInt(frame.sequence), 8);
  header.writeBigUInt64LE(nanoseconds(frame.capturedAt), 16);
  header.writeUInt16LE(frame.width, 24);
  header.writeUInt16LE(frame.height, 26);
  header.writeUInt32LE(Math.min(dropped, MAX_U32), 28);
}

/** Unix milliseconds with a fraction are exact to a quarter of a microsecond. */
function nanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6));
}

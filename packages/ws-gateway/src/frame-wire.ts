import type { Socket } from 'node:net';
import type { JpegFrame } from '@framehub/frame';
import type { WebSocket } from 'ws';
import { HEADER_LENGTH, writePictureHeader } from './protocol/picture-message.js';

/** RFC 6455, section 5.2: a final, binary, unmasked frame; its length in 7, 16 or 64 bits. */
const FINAL_BINARY = 0x82;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** Milliseconds for one picture after which a link counts as slow. */
const SLOW = 50;
/** Milliseconds that a picture which came while a slow link was busy waits for a newer one. */
const PATIENCE = 150;

/**
 * A connection's way out for pictures: one at a time.
 *
 * Text, pings and closing go through ws, which writes each message in one turn; so pictures may be written to the same
 * socket between them. A message is put together by the kernel, from a head of a few bytes and the frame's own memory:
 * one system call, and no copy for each of many viewers.
 *
 * On a slow link bytes enough to keep it busy are under way still when the kernel has taken a picture, and one that has
 * waited would grow older behind them: so the next to come is sent, or the one that waited when none comes soon.
 */
export class FrameWire {
  readonly #peer: WebSocket;
  readonly #socket: Socket;
  readonly #free: () => void;
  #busySince: number | undefined;
  #pending = 0;
  #held: JpegFrame | undefined;
  #patience: NodeJS.Timeout | undefined;

  /**
   * @param peer who may have said goodbye, after which nothing follows
   * @param socket borrowed from the connection
   * @param free called when the kernel has all of a picture, so that one that has waited may follow
   */
  constructor(peer: WebSocket, socket: Socket, free: () => void) {
    this.#peer = peer;
    this.#socket = socket;
    this.#free = free;
    socket.once('close', () => clearTimeout(this.#patience));
  }

  /** True while the socket has not taken the last picture, and for good when the connection is ending. */
  get busy(): boolean {
    return this.#busySince !== undefined || this.#peer.readyState !== this.#peer.OPEN;
  }

  /** Bytes of the last picture and its head while the socket has not taken it, which counts all of them until then. */
  get pending(): number {
    return this.#pending;
  }

  /** The frame that the socket has not taken yet. */
  get held(): JpegFrame | undefined {
    return this.#held;
  }

  /** Sends the JPEG alone, as a message. @returns bytes */
  sendBare(frame: JpegFrame): number {
    return this.#send(Buffer.alloc(prefixLength(frame.data.length)), frame, frame.data.length);
  }

  /** Sends a message of `framehub.v1`. @returns bytes */
  send(subscription: number, frame: JpegFrame, dropped: number): number {
    const payload = HEADER_LENGTH + frame.data.length;
    const prefix = prefixLength(payload);
    const head = Buffer.alloc(prefix + HEADER_LENGTH);
    writePictureHeader(head, prefix, subscription, frame, dropped);
    return this.#send(head, frame, payload);
  }

  /** @param head begins with room for the frame's prefix */
  #send(head: Buffer, frame: JpegFrame, payload: number): number {
    const picture = frame.data;
    writePrefix(head, payload);
    clearTimeout(this.#patience);
    this.#busySince = performance.now();
    this.#pending = head.length + picture.length;
    this.#held = frame;
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(picture, this.#taken);
    this.#socket.uncork();
    return this.#pending;
  }

  readonly #taken = (error?: Error | null): void => {
    // A broken socket closes by itself; nothing follows.
    if (error) return;
    const isSlow = performance.now() - (this.#busySince ?? 0) > SLOW;
    this.#busySince = undefined;
    this.#pending = 0;
    this.#held = undefined;
    if (isSlow) this.#patience = setTimeout(this.#free, PATIENCE);
    else this.#free();
  };
}

function prefixLength(payload: number): number {
  if (payload < LENGTH_16) return 2;
  return payload <= 0xffff ? 4 : 10;
}

function writePrefix(head: Buffer, payload: number): void {
  head[0] = FINAL_BINARY;
  if (payload < LENGTH_16) head[1] = payload;
  else if (payload <= 0xffff) {
    head[1] = LENGTH_16;
    head.writeUInt16BE(payload, 2);
  } else {
    head[1] = LENGTH_64;
    head.writeBigUInt64BE(BigInt(payload), 2);
  }
}

import type { WebSocket } from 'ws';
import type { FrameWire } from './frame-wire.js';

/** Bytes that may wait for a client before nothing more is read from it. */
const LIMIT = 65_536;

/**
 * Reads nothing from a client that does not read what it has caused: answers and pongs would pile up. What waits of a
 * picture does not count: a large one on a slow link is no reason to leave the client unheard.
 */
export class Backpressure {
  readonly #peer: WebSocket;
  readonly #pictures: FrameWire;

  constructor(peer: WebSocket, pictures: FrameWire) {
    this.#peer = peer;
    this.#pictures = pictures;
    // Sent by hand, as ws does not say when its own have been taken.
    peer.on('ping', (data) => {
      if (peer.readyState === peer.OPEN) peer.pong(data, false, this.taken);
      this.check();
    });
  }

  /** Bytes that wait to be taken, but for those of a picture. */
  get waiting(): number {
    return this.#peer.bufferedAmount - this.#pictures.pending;
  }

  /** To be called when something was sent that the client has caused. */
  check(): void {
    if (this.waiting > LIMIT && !this.#peer.isPaused) this.#peer.pause();
  }

  /** To be called when the socket has taken such a message. */
  readonly taken = (): void => {
    if (this.#peer.isPaused && this.waiting <= LIMIT / 2) this.#peer.resume();
  };
}

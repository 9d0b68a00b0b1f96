import type { ServerMessage } from '@framehub/frame/protocol';
import type { WebSocket } from 'ws';
import type { FrameWriter } from './frame-writer.js';
import type { UpdateMessage } from './messages.js';

/** Unsent bytes above which a client is not read, and updates wait. Answers and pongs would pile up otherwise. */
const HIGH_WATER_BYTES = 65_536;
/** Unsent bytes at which a client that keeps asking but reads no answer is given up. */
const MAX_UNSENT_BYTES = 1_048_576;

/**
 * Stops reading from a client that does not read what it causes. Bytes of a frame do not count: a large frame on a slow
 * link is no reason to ignore the client.
 */
export class ReadBackpressure {
  readonly #peer: WebSocket;
  readonly #frames: FrameWriter;

  constructor(peer: WebSocket, frames: FrameWriter) {
    this.#peer = peer;
    this.#frames = frames;
    // Not by ws itself, which does not report when a pong was sent.
    peer.on('ping', (data) => {
      if (peer.readyState === peer.OPEN) peer.pong(data, false, this.onSent);
      this.check();
    });
  }

  /** Bytes that wait for the socket, without those of a frame. */
  get unsentBytes(): number {
    return this.#peer.bufferedAmount - this.#frames.pendingBytes;
  }

  /** To be called after sending what the client asked for. */
  check(): void {
    if (this.unsentBytes > HIGH_WATER_BYTES && !this.#peer.isPaused) this.#peer.pause();
  }

  /** To be called when the socket has taken it. */
  readonly onSent = (): void => {
    if (this.#peer.isPaused && this.unsentBytes <= HIGH_WATER_BYTES / 2) this.#peer.resume();
  };
}

/**
 * Sends texts to a client, behind a frame that its socket has not taken yet.
 *
 * Answers are always sent. Updates wait while too many bytes are unsent; a newer update of the same kind and camera
 * replaces a waiting one.
 */
export class MessageWriter {
  readonly #peer: WebSocket;
  readonly #backpressure: ReadBackpressure;
  readonly #onOverflow: () => void;
  readonly #waiting = new Map<string, UpdateMessage>();

  /** @param onOverflow called when too many answers are unsent */
  constructor(peer: WebSocket, backpressure: ReadBackpressure, onOverflow: () => void) {
    this.#peer = peer;
    this.#backpressure = backpressure;
    this.#onOverflow = onOverflow;
  }

  /** Sends a message that is never left out. @param text the message as JSON, where many clients get the same one */
  send(message: ServerMessage, text = JSON.stringify(message)): void {
    // The list has newer states and statistics.
    if (message.op === 'cameras') this.#drop('status', 'stats');
    if (this.#backpressure.unsentBytes <= MAX_UNSENT_BYTES) this.#write(text);
    else if (this.#isOpen) this.#onOverflow();
    this.#backpressure.check();
  }

  /** Sends an update, or keeps it until there is room. */
  update(message: UpdateMessage, text: string): void {
    if (this.#waiting.size === 0 && this.#hasRoom) this.#write(text);
    else this.#keep(message);
  }

  get #isOpen(): boolean {
    return this.#peer.readyState === this.#peer.OPEN;
  }

  get #hasRoom(): boolean {
    return this.#backpressure.unsentBytes <= HIGH_WATER_BYTES;
  }

  #keep(message: UpdateMessage): void {
    const key = message.op === 'stats' ? message.op : `${message.op} ${cameraOf(message)}`;
    this.#waiting.set(key, merge(this.#waiting.get(key), message));
  }

  #drop(...ops: readonly UpdateMessage['op'][]): void {
    for (const [key, { op }] of this.#waiting) if (ops.includes(op)) this.#waiting.delete(key);
  }

  #write(text: string): void {
    if (this.#isOpen) this.#peer.send(text, this.#onSent);
  }

  /** Updates only wait while texts are unsent, so one of those is always reported here. */
  readonly #onSent = (): void => {
    this.#backpressure.onSent();
    for (const [key, message] of this.#waiting) {
      if (!this.#hasRoom) return;
      this.#waiting.delete(key);
      this.#write(JSON.stringify(message));
    }
  };
}

function cameraOf(message: Exclude<UpdateMessage, { op: 'stats' }>): string {
  return message.op === 'status' ? message.camera.name : message.camera;
}

/** Joins two changes of controls, so that `changed` names all of them. */
function merge(older: UpdateMessage | undefined, newer: UpdateMessage): UpdateMessage {
  if (older?.op !== 'controls' || newer.op !== 'controls') return newer;
  const changed = [...new Set([...older.changed, ...newer.changed])];
  return { ...newer, changed, origin: older.origin === 'external' ? older.origin : newer.origin };
}

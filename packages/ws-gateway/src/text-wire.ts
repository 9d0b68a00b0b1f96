import type { WebSocket } from 'ws';
import type { Backpressure } from './backpressure.js';
import type { News, ServerMessage } from './protocol/server-messages.js';

/** Bytes of texts that may wait for a socket before news waits here instead. */
const NEWS_LIMIT = 65_536;
/** Bytes of texts that wait for a client which is given up: it goes on asking and reads no answer. */
const LIMIT = 1_048_576;

/**
 * A connection's way out for texts, which wait behind a picture that its socket has not taken yet. The picture does not
 * count: a large one on a slow link is no reason to leave anything unsaid.
 *
 * What somebody waits for is said in any case. News that meets too many texts gives way to newer news of the same
 * camera, and is told when there is room again.
 */
export class TextWire {
  readonly #peer: WebSocket;
  readonly #backpressure: Backpressure;
  readonly #overflow: () => void;
  readonly #late = new Map<string, News>();

  /** @param overflow called when the client reads too little of what it has asked for */
  constructor(peer: WebSocket, backpressure: Backpressure, overflow: () => void) {
    this.#peer = peer;
    this.#backpressure = backpressure;
    this.#overflow = overflow;
  }

  /** @param text the message as JSON, for those that are the same for many */
  say(message: ServerMessage, text = JSON.stringify(message)): void {
    // The list has all states and figures in it, and newer ones.
    if (message.op === 'cameras') this.#forget('status', 'beat');
    if (this.#waiting <= LIMIT) this.#send(text);
    else if (this.#isOpen) this.#overflow();
    this.#backpressure.check();
  }

  tell(news: News, text: string): void {
    if (this.#late.size === 0 && this.#waiting <= NEWS_LIMIT) this.#send(text);
    else this.#keep(news);
  }

  get #isOpen(): boolean {
    return this.#peer.readyState === this.#peer.OPEN;
  }

  get #waiting(): number {
    return this.#backpressure.waiting;
  }

  #keep(news: News): void {
    const key = news.op === 'beat' ? news.op : `${news.op} ${nameOf(news)}`;
    this.#late.set(key, merge(this.#late.get(key), news));
  }

  #forget(...ops: readonly News['op'][]): void {
    for (const [key, { op }] of this.#late) if (ops.includes(op)) this.#late.delete(key);
  }

  #send(text: string): void {
    if (this.#isOpen) this.#peer.send(text, this.#taken);
  }

  /** While news waits here, texts wait at the socket: when it has taken one there may be room. */
  readonly #taken = (): void => {
    this.#backpressure.taken();
    for (const [key, news] of this.#late) {
      if (this.#waiting > NEWS_LIMIT) return;
      this.#late.delete(key);
      this.#send(JSON.stringify(news));
    }
  };
}

function nameOf(news: Exclude<News, { op: 'beat' }>): string {
  return news.op === 'status' ? news.camera.name : news.camera;
}

/** Two changes of controls become one, of all that were changed. */
function merge(older: News | undefined, newer: News): News {
  if (older?.op !== 'controls' || newer.op !== 'controls') return newer;
  const changed = [...new Set([...older.changed, ...newer.changed])];
  return { ...newer, changed, origin: older.origin === 'external' ? older.origin : newer.origin };
}

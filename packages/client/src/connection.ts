import { BackOff } from './back-off.js';
import { type ClientMessage, FramehubClientError, type ServerMessage, SUBPROTOCOL } from './protocol.js';
import { Watchdog } from './watchdog.js';

/** Milliseconds for the server's first word. */
const HELLO_WITHIN_MS = 10_000;
/**
 * Milliseconds of silence after which a connection is given up. Pages see no pings, and a beat comes only when a figure is
 * another; what always comes more often are the answers to the questions for the server's clock.
 */
const SILENCE_MS = 45_000;

/** As browsers have it; `ws` has the same. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocket;

export interface ConnectionEvents {
  message(message: ServerMessage): void;
  binary(data: ArrayBuffer): void;
  /** The server has said hello. */
  up(): void;
  /** It is gone, and tried again unless it was closed. @param error why, if that is known */
  down(error: FramehubClientError): void;
}

/** One WebSocket after another to the same address, for as long as it is wanted. */
export class Connection {
  readonly #url: string;
  readonly #WebSocket: WebSocketConstructor;
  readonly #events: ConnectionEvents;
  readonly #backOff = new BackOff();
  #socket: WebSocket | undefined;
  #up = false;
  /** A connection through a proxy may be dead without anybody having said so. */
  readonly #watchdog = new Watchdog((limit) => this.#giveUp(`nothing was heard for ${limit / 1000} s`));
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(url: string, WebSocket: WebSocketConstructor, events: ConnectionEvents) {
    this.#url = url;
    this.#WebSocket = WebSocket;
    this.#events = events;
    this.#open();
  }

  get up(): boolean {
    return this.#up;
  }

  /** Says nothing while there is no connection: what has to be said again is said when it is up. */
  send(message: ClientMessage): void {
    if (this.#up) this.#socket?.send(JSON.stringify(message));
  }

  /** Tries at once instead of waiting: the network is back, or the page is seen again. */
  hurry(): void {
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    this.#open();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#watchdog.stop();
    this.#socket?.close(1000);
  }

  #open(): void {
    this.#retry = undefined;
    const socket = new this.#WebSocket(this.#url, [SUBPROTOCOL]);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    this.#watchdog.expect(HELLO_WITHIN_MS);
    socket.onmessage = ({ data }) => {
      this.#watchdog.expect(SILENCE_MS);
      if (typeof data === 'string') this.#hear(JSON.parse(data) as ServerMessage);
      else this.#events.binary(data as ArrayBuffer);
    };
    socket.onclose = ({ code, reason }) => this.#lost(code, reason);
    // A close follows each error, and says more.
    socket.onerror = () => {};
  }

  #giveUp(reason: string): void {
    if (!this.#socket) return;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#lost(0, reason);
  }

  #hear(message: ServerMessage): void {
    if (message.op === 'hello') {
      this.#up = true;
      this.#backOff.reset();
    }
    this.#events.message(message);
    if (message.op === 'hello') this.#events.up();
  }

  #lost(code: number, reason: string): void {
    this.#watchdog.stop();
    this.#up = false;
    this.#socket = undefined;
    if (!this.#closed) this.#retry = setTimeout(() => this.#open(), this.#backOff.next());
    const why = reason || (code === 1006 ? 'the server does not answer' : `code ${code}`);
    this.#events.down(new FramehubClientError('CLIENT_CONNECTION_LOST', `the connection is gone: ${why}`));
  }
}

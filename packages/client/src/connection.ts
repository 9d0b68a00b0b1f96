import { BackOff } from '@framehub/frame/async';
import type { ClientMessage, ServerMessage, Subprotocol } from '@framehub/frame/protocol';
import { FramehubClientError } from './errors.js';

const SUBPROTOCOL: Subprotocol = 'framehub.v1';

/** `WebSocket.OPEN`. */
const OPEN = 1;

/** Milliseconds for the server's hello. */
const HELLO_TIMEOUT_MS = 10_000;
/**
 * Milliseconds without a message after which a connection is given up. Pages see no pings, and `stats` are sent only when
 * a value changed; but the server's clock is asked for more often than this.
 */
const SILENCE_TIMEOUT_MS = 45_000;

/** A method's parameters may be narrower, as those of the listeners of each WebSocket class are. */
type Listener<E> = { listen(event: E): void }['listen'];

/** What the client uses of a WebSocket: browsers, Node from 22 on, and the package `ws` have it. */
export interface WebSocketLike {
  readonly readyState: number;
  binaryType: string;
  onmessage: Listener<{ readonly data: unknown }> | null;
  onclose: Listener<{ readonly code: number; readonly reason: string }> | null;
  onerror: Listener<unknown> | null;
  send(text: string): void;
  close(code?: number): void;
}

/** A WebSocket class. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

export interface ConnectionEvents {
  message(message: ServerMessage): void;
  binary(data: ArrayBuffer): void;
  /** The server has sent its hello. */
  up(): void;
  /** The connection is lost. A new one is opened after a while, unless it was closed. */
  down(error: FramehubClientError): void;
}

/**
 * The address of a hub's WebSocket: `http://host/prefix/` and `ws://host/prefix/ws` mean the same. A relative address is
 * resolved against that of the page.
 */
export function socketAddress(url: string | URL): string {
  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace(/^http/, 'ws');
  if (!address.pathname.endsWith('/ws')) address.pathname = `${address.pathname.replace(/\/$/, '')}/ws`;
  address.hash = '';
  return address.href;
}

/** Calls back when nothing was heard for a time limit. */
export class Watchdog {
  readonly #onTimeout: (timeoutMs: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onTimeout called with the time limit, in milliseconds */
  constructor(onTimeout: (timeoutMs: number) => void) {
    this.#onTimeout = onTimeout;
  }

  /** Restarts the time limit. @param retry whether a timer that ran late gets the same time again */
  restart(timeoutMs: number, retry = true): void {
    this.stop();
    const due = performance.now() + timeoutMs;
    this.#timer = setTimeout(() => {
      // Timers of a hidden page run once a minute, before the messages that arrived meanwhile are read.
      const wasLate = performance.now() - due > timeoutMs / 10;
      if (wasLate && retry) this.restart(timeoutMs, false);
      else this.#onTimeout(timeoutMs);
    }, timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** A WebSocket to one address that reconnects until it is closed. */
export class Connection {
  readonly #url: string;
  readonly #WebSocket: WebSocketConstructor;
  readonly #events: ConnectionEvents;
  readonly #backOff = new BackOff();
  /** A connection through a proxy may be dead without a close. */
  readonly #watchdog = new Watchdog((timeoutMs) => this.#giveUp(`no message for ${timeoutMs / 1000} s`));
  #socket: WebSocketLike | undefined;
  #connected = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(url: string, WebSocket: WebSocketConstructor, events: ConnectionEvents) {
    this.#url = url;
    this.#WebSocket = WebSocket;
    this.#events = events;
    this.#open();
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Does nothing without a connection: send what is still wanted after `up`. */
  send(message: ClientMessage): void {
    // The server may have begun to close it.
    if (this.#connected && this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Connects at once instead of waiting for the next attempt. */
  connectNow(): void {
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
    this.#watchdog.restart(HELLO_TIMEOUT_MS);
    socket.onmessage = ({ data }) => {
      this.#watchdog.restart(SILENCE_TIMEOUT_MS);
      if (typeof data === 'string') this.#receive(JSON.parse(data) as ServerMessage);
      else this.#events.binary(data as ArrayBuffer);
    };
    socket.onclose = ({ code, reason }) =>
      this.#lose(reason || (code === 1006 ? 'the server does not answer' : `code ${code}`));
    // A close follows each error, and says more.
    socket.onerror = () => {};
  }

  #giveUp(reason: string): void {
    if (!this.#socket) return;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#lose(reason);
  }

  #receive(message: ServerMessage): void {
    if (message.op === 'hello') {
      this.#connected = true;
      this.#backOff.reset();
    }
    this.#events.message(message);
    if (message.op === 'hello') this.#events.up();
  }

  #lose(reason: string): void {
    this.#watchdog.stop();
    this.#connected = false;
    this.#socket = undefined;
    if (!this.#closed) this.#retry = setTimeout(() => this.#open(), this.#backOff.next());
    this.#events.down(new FramehubClientError('CLIENT_CONNECTION_LOST', `the connection is lost: ${reason}`));
  }
}

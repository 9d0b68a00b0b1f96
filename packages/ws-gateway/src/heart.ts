import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { Backlog } from './backlog.js';
import { type Farewell, TRY_AGAIN_LATER } from './farewell.js';

/** Milliseconds between two looks at all connections, at most. */
const LOOK_EVERY = 1000;
/** Looks in each of the times below, at least: one alone may come late, and find what has waited for this process. */
const LOOKS = 4;

export interface HeartOptions {
  /** Milliseconds. */
  readonly pingEvery: number;
  /** Milliseconds. */
  readonly stuckAfter: number;
  /** A client was closed because it takes nothing, or does not answer. */
  stalled(): void;
}

interface Pulse {
  readonly socket: Socket;
  readonly backlog: Backlog;
  readonly end: Farewell;
  /** Looks since the last ping. */
  age: number;
  alive: boolean;
}

/** Keeps connections alive through proxies by pings, and ends those whose other end is gone or stuck. */
export class Heart {
  readonly #options: HeartOptions;
  readonly #lookEvery: number;
  readonly #pulses = new Map<WebSocket, Pulse>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeartOptions) {
    this.#options = options;
    this.#lookEvery = Math.min(LOOK_EVERY, options.pingEvery / LOOKS, options.stuckAfter / LOOKS);
  }

  /** @param socket of the peer */
  add(peer: WebSocket, socket: Socket, end: Farewell): void {
    const pulse: Pulse = { socket, backlog: new Backlog(socket), end, age: 0, alive: true };
    this.#pulses.set(peer, pulse);
    peer.on('pong', () => {
      pulse.alive = true;
    });
    socket.once('close', () => {
      this.#pulses.delete(peer);
      if (this.#pulses.size === 0) this.#rest();
    });
    this.#timer ??= setInterval(() => this.#look(), this.#lookEvery);
  }

  /** Closes all and resolves when they are gone. */
  async close(code: number, reason: string): Promise<void> {
    await Promise.all(
      [...this.#pulses.values()].map(({ socket, end }) => {
        const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
        end(code, reason);
        return gone;
      }),
    );
    this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const [peer, pulse] of this.#pulses) {
      // Who is ending has a time limit already.
      if (peer.readyState === peer.OPEN) this.#feel(peer, pulse);
    }
  }

  #feel(peer: WebSocket, pulse: Pulse): void {
    const { pingEvery, stuckAfter } = this.#options;
    pulse.age += 1;
    // On a slow link an answer is long in coming: the ping waits behind a picture.
    if (pulse.backlog.look()) pulse.alive = true;
    if (pulse.backlog.idle * this.#lookEvery >= stuckAfter) this.#stalled(pulse, 'nothing was taken for too long');
    else if (pulse.age * this.#lookEvery < pingEvery) return;
    else if (!pulse.alive) this.#stalled(pulse, 'no answer to a ping');
    else {
      pulse.alive = false;
      pulse.age = 0;
      peer.ping();
    }
  }

  #stalled({ end }: Pulse, reason: string): void {
    this.#options.stalled();
    end(TRY_AGAIN_LATER, reason);
  }
}

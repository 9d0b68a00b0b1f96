import type { WebSocket } from 'ws';
import { type Farewell, TRY_AGAIN_LATER } from './farewell.js';
import type { FrameWire } from './frame-wire.js';

/** Milliseconds between two looks at all connections, at most. */
const LOOK_EVERY = 1000;

export interface HeartOptions {
  /** Milliseconds. */
  readonly pingEvery: number;
  /** Milliseconds. */
  readonly stuckAfter: number;
  /** A client was closed because it takes nothing, or does not answer. */
  stalled(): void;
}

interface Pulse {
  readonly wire: FrameWire;
  readonly end: Farewell;
  pingedAt: number;
  answered: boolean;
}

/** Keeps connections alive through proxies by pings, and ends those whose other end is gone or stuck. */
export class Heart {
  readonly #options: HeartOptions;
  readonly #pulses = new Map<WebSocket, Pulse>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeartOptions) {
    this.#options = options;
  }

  add(peer: WebSocket, wire: FrameWire, end: Farewell): void {
    const pulse: Pulse = { wire, end, pingedAt: performance.now(), answered: true };
    this.#pulses.set(peer, pulse);
    peer.on('pong', () => {
      pulse.answered = true;
    });
    peer.once('close', () => {
      this.#pulses.delete(peer);
      if (this.#pulses.size === 0) this.#rest();
    });
    const { pingEvery, stuckAfter } = this.#options;
    this.#timer ??= setInterval(() => this.#look(), Math.min(LOOK_EVERY, pingEvery, stuckAfter));
  }

  /** Closes all and resolves when they are gone. */
  async close(code: number, reason: string): Promise<void> {
    await Promise.all(
      [...this.#pulses].map(([peer, { end }]) => {
        const gone = new Promise<void>((resolve) => peer.once('close', () => resolve()));
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
    const now = performance.now();
    const { pingEvery, stuckAfter } = this.#options;
    for (const [peer, pulse] of this.#pulses) {
      // Who is ending has a time limit already.
      if (peer.readyState !== peer.OPEN) continue;
      if (pulse.wire.stuckFor(now) > stuckAfter) this.#stalled(pulse, 'no picture was taken for too long');
      else if (now - pulse.pingedAt >= pingEvery) {
        if (!pulse.answered) this.#stalled(pulse, 'no answer to a ping');
        else {
          pulse.answered = false;
          pulse.pingedAt = now;
          peer.ping();
        }
      }
    }
  }

  #stalled({ end }: Pulse, reason: string): void {
    this.#options.stalled();
    end(TRY_AGAIN_LATER, reason);
  }
}

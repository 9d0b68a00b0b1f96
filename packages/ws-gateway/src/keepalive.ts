import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { type CloseConnection, TRY_AGAIN_LATER } from './close.js';

/** Milliseconds between two checks of all connections, at most. */
const CHECK_INTERVAL_MS = 1000;
/** Checks within each time limit, at least: a single one may run late, and find bytes that waited for this process. */
const MIN_CHECKS = 4;

/** What Node's own socket timeouts read. */
interface SocketHandle {
  /** Bytes handed to the system, including those that it has not taken yet. */
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

/**
 * Finds out whether the system takes bytes of a socket. A slow link takes some now and then, a stalled one none.
 *
 * It counts checks, not time: bytes move between two checks however long this process was blocked meanwhile.
 */
export class SocketProgress {
  readonly #socket: Socket;
  #takenBytes = 0;
  #hadUnsent = false;
  #stalledChecks = 0;

  /** @param socket borrowed */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Checks in a row that found unsent bytes, of which none was taken since the check before. */
  get stalledChecks(): number {
    return this.#stalledChecks;
  }

  /** @returns whether the system took bytes since the last check, which shows that the client reads */
  check(): boolean {
    const taken = takenBytes(this.#socket);
    const moved = this.#hadUnsent && taken > this.#takenBytes;
    const hasUnsent = this.#socket.writableLength > 0;
    this.#stalledChecks = hasUnsent && this.#hadUnsent && !moved ? this.#stalledChecks + 1 : 0;
    this.#hadUnsent = hasUnsent;
    this.#takenBytes = taken;
    return moved;
  }
}

function takenBytes(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { readonly _handle?: SocketHandle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}

export interface KeepaliveOptions {
  /** Milliseconds between two pings. */
  readonly pingIntervalMs: number;
  /** Milliseconds without progress after which a connection is closed. */
  readonly stallTimeoutMs: number;
  /** Called for each connection that is closed because its client does not read or answer. */
  onStalled(): void;
}

interface PeerState {
  readonly socket: Socket;
  readonly progress: SocketProgress;
  readonly close: CloseConnection;
  checksSincePing: number;
  alive: boolean;
}

/** Keeps connections alive through proxies by pings, and closes those whose client is gone or reads nothing. */
export class Keepalive {
  readonly #options: KeepaliveOptions;
  readonly #checkIntervalMs: number;
  readonly #peers = new Map<WebSocket, PeerState>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeepaliveOptions) {
    const { pingIntervalMs, stallTimeoutMs } = options;
    this.#options = options;
    this.#checkIntervalMs = Math.min(CHECK_INTERVAL_MS, pingIntervalMs / MIN_CHECKS, stallTimeoutMs / MIN_CHECKS);
  }

  /** @param socket borrowed; that of the peer */
  add(peer: WebSocket, socket: Socket, close: CloseConnection): void {
    const state = { socket, progress: new SocketProgress(socket), close, checksSincePing: 0, alive: true };
    this.#peers.set(peer, state);
    peer.on('pong', () => {
      state.alive = true;
    });
    socket.once('close', () => {
      this.#peers.delete(peer);
      if (this.#peers.size === 0) this.#stop();
    });
    this.#timer ??= setInterval(() => this.#checkAll(), this.#checkIntervalMs);
  }

  /** Closes all connections, and resolves when they are closed. */
  async close(code: number, reason: string): Promise<void> {
    await Promise.all(
      [...this.#peers.values()].map(({ socket, close }) => {
        const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
        close(code, reason);
        return closed;
      }),
    );
    this.#stop();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #checkAll(): void {
    for (const [peer, state] of this.#peers) {
      // One that is closing has a time limit already.
      if (peer.readyState === peer.OPEN) this.#check(peer, state);
    }
  }

  #check(peer: WebSocket, state: PeerState): void {
    const { pingIntervalMs, stallTimeoutMs } = this.#options;
    state.checksSincePing += 1;
    // On a slow link a pong takes long: the ping waits behind a frame.
    if (state.progress.check()) state.alive = true;
    if (state.progress.stalledChecks * this.#checkIntervalMs >= stallTimeoutMs)
      this.#closeStalled(state, 'no bytes were read');
    else if (state.checksSincePing * this.#checkIntervalMs < pingIntervalMs) return;
    else if (!state.alive) this.#closeStalled(state, 'no answer to a ping');
    else {
      state.alive = false;
      state.checksSincePing = 0;
      peer.ping();
    }
  }

  #closeStalled({ close }: PeerState, reason: string): void {
    this.#options.onStalled();
    close(TRY_AGAIN_LATER, reason);
  }
}

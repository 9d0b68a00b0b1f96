import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type LoopMember, type LoopTurns, shareKey } from '@framehub/frame';
import { Outgoing } from './outgoing.js';
import { PacketReader } from './packet-reader.js';
import type { MemoryBudget, MemoryHolder } from './quotas.js';

/** Time for CONNECT to arrive, for a packet to be completed, and for a slow client to read anything. */
const CONNECT_TIMEOUT_MS = 10_000;
const PACKET_TIMEOUT_MS = 30_000;
const STALL_TIMEOUT_MS = 30_000;
/** Bytes of a packet that carries no message; the longest useful ones are lists of topics. */
const MAX_CONTROL_BYTES = 131_072;
/** Bytes of CONNECT: a client costs little before it is admitted. */
const MAX_CONNECT_BYTES = 24_576;
/** Bytes up to which an incomplete packet does not count. */
const HARMLESS_BYTES = 4096;
/** SUBSCRIBE packets whose retained messages are sent at a time. */
const MAX_REPLAYS = 4;
/** Never reached: the limits here count what waits, not the stream. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export interface ConnectionLimits {
  /** Bytes of a message from the client. */
  readonly maxPacketBytes: number;
  /** Bytes that may wait for the client. */
  readonly maxWaitingBytes: number;
  /** Incomplete packets, and bytes that wait, of all clients. */
  readonly incomplete: MemoryBudget;
  readonly waiting: MemoryBudget;
  readonly turns: LoopTurns;
  /** Counts why the connection is closed: `packet`, `time`, `unfinished`, `slow`. */
  count(reason: string): void;
}

/**
 * A client's socket as a stream for the server: whole packets come in, one at a time and in turn with other clients,
 * and what goes out is counted until the kernel takes it. Whatever a client sends or does not read, its memory is bounded.
 */
export class ClientConnection extends Duplex implements MemoryHolder, LoopMember {
  readonly address: string;
  readonly #socket: Socket;
  readonly #limits: ConnectionLimits;
  readonly #reader: PacketReader;
  readonly #outgoing: Outgoing;
  /** Bytes that were received and not split into packets yet. */
  #chunk: Buffer | undefined;
  #at = 0;
  #ended = false;
  /** Runs until CONNECT, or the packet that has begun, is complete. */
  #packetTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #taken = 0;
  /** The server has not taken the last packet yet. */
  #isFull = false;
  #state: 'new' | 'connecting' | 'connected' = 'new';
  #replays = 0;
  readonly #waitingForRoom = new Set<() => void>();

  /** @param socket taken; must allow half-open connections, or the last packets of a client that ends are lost */
  constructor(socket: Socket, limits: ConnectionLimits) {
    super({ writableHighWaterMark: NO_LIMIT });
    this.address = shareKey(socket.remoteAddress);
    this.#socket = socket;
    this.#limits = limits;
    this.#reader = new PacketReader((first) => limitOf(first, limits.maxPacketBytes));
    this.#outgoing = new Outgoing(socket, () => this.#onTaken());
    this.#packetTimer = setTimeout(() => this.#close('time', 'CONNECT did not arrive in time'), CONNECT_TIMEOUT_MS);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => {
      this.#ended = true;
      if (!this.#chunk) this.push(null);
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** Whether this many more bytes may wait for the client. */
  hasRoom(bytes: number): boolean {
    return this.#waiting + bytes < this.#limits.maxWaitingBytes;
  }

  /** Resolves when few bytes wait for the client, or with false when the connection has ended. */
  async ready(): Promise<boolean> {
    while (!this.destroyed && this.#waiting > this.#limits.maxWaitingBytes / 4)
      await new Promise<void>((resolve) => this.#waitingForRoom.add(resolve));
    return !this.destroyed;
  }

  /** Counts replays of retained messages: with many of them, the client's next packets wait. */
  replays(change: 1 | -1): void {
    this.#replays += change;
    this.#resume();
  }

  evict(): void {
    const isIncomplete = this.#reader.held > this.#waiting;
    this.#close(isIncomplete ? 'unfinished' : 'slow', 'the clients hold too much memory, and this one most of it');
  }

  /** Forwards one packet. */
  step(): boolean {
    if (!this.#chunk || !this.#mayForward) return false;
    try {
      const { end, packet } = this.#reader.read(this.#chunk, this.#at);
      this.#at = end;
      if (packet) this.#forward(packet);
    } catch (error) {
      this.#limits.count('packet');
      this.destroy(error as Error);
      return false;
    }
    if (this.#at < this.#chunk.length) return this.#mayForward;
    this.#chunk = undefined;
    this.#watchIncomplete();
    if (this.#ended) this.push(null);
    else this.#socket.resume();
    return false;
  }

  get #waiting(): number {
    return this.#outgoing.waiting + this.writableLength;
  }

  get #mayForward(): boolean {
    return (
      !this.destroyed &&
      !this.#isFull &&
      this.#state !== 'connecting' &&
      this.#replays < MAX_REPLAYS &&
      // A client that does not read responses may not cause more of them.
      this.#waiting <= this.#limits.maxWaitingBytes / 2
    );
  }

  #receive(chunk: Buffer): void {
    this.#chunk = this.#chunk ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
    this.#at = 0;
    this.#socket.pause();
    this.#resume();
  }

  #resume(): void {
    if (this.#chunk && this.#mayForward) this.#limits.turns.add(this);
  }

  #forward(packet: Buffer): void {
    clearTimeout(this.#packetTimer);
    this.#packetTimer = undefined;
    this.#limits.incomplete.set(this, 0);
    if (this.#state === 'new') this.#state = 'connecting';
    if (!this.push(packet)) this.#isFull = true;
  }

  #watchIncomplete(): void {
    const { isUnfinished, held } = this.#reader;
    this.#limits.incomplete.set(this, held > HARMLESS_BYTES ? held : 0);
    if (!isUnfinished) return;
    this.#packetTimer ??= setTimeout(
      () => this.#close('time', 'a packet was not completed in time'),
      PACKET_TIMEOUT_MS,
    );
  }

  override _read(): void {
    this.#isFull = false;
    this.#resume();
  }

  /** The stream calls this for single chunks, too. */
  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) this.#outgoing.add(chunk);
    this.#outgoing.flush();
    // The server's first packet is CONNACK.
    this.#state = 'connected';
    done();
    this.#account();
    this.#resume();
  }

  #onTaken(): void {
    this.#taken += 1;
    this.#account();
    this.#resume();
    this.#wakeWaiting();
  }

  #wakeWaiting(): void {
    for (const resolve of this.#waitingForRoom) resolve();
    this.#waitingForRoom.clear();
  }

  #account(): void {
    this.#limits.waiting.set(this, this.#outgoing.waiting);
    if (this.#outgoing.waiting > 0 && !this.destroyed) this.#stallTimer ??= this.#watchStall();
  }

  #watchStall(): NodeJS.Timeout {
    const before = this.#taken;
    return setTimeout(() => {
      this.#stallTimer = undefined;
      if (this.#outgoing.waiting === 0) return;
      if (this.#taken === before) this.#close('slow', 'the client has read nothing for a long time');
      else this.#stallTimer = this.#watchStall();
    }, STALL_TIMEOUT_MS);
  }

  #close(reason: string, why: string): void {
    if (this.destroyed) return;
    this.#limits.count(reason);
    this.destroy(new Error(why));
  }

  override _final(done: () => void): void {
    this.#outgoing.whenEmpty(() => this.#socket.end(done));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#packetTimer);
    clearTimeout(this.#stallTimer);
    this.#socket.destroy();
    this.#chunk = undefined;
    this.#outgoing.clear();
    const { turns, incomplete, waiting } = this.#limits;
    turns.remove(this);
    incomplete.set(this, 0);
    waiting.set(this, 0);
    this.#wakeWaiting();
    done(error);
  }
}

/** Bytes after the fixed header, by packet type (MQTT 3.1.1, section 2.2.1). Undefined: clients send no such packet. */
function limitOf(firstByte: number, maxPacketBytes: number): number | undefined {
  const type = firstByte >> 4;
  if (type === 3) return maxPacketBytes;
  if (type === 1) return MAX_CONNECT_BYTES;
  // SUBSCRIBE, UNSUBSCRIBE.
  if (type === 8 || type === 10) return Math.min(MAX_CONTROL_BYTES, maxPacketBytes);
  // PUBACK, PUBREC, PUBREL, PUBCOMP.
  if (type >= 4 && type <= 7) return 2;
  // PINGREQ, DISCONNECT.
  return type === 12 || type === 14 ? 0 : undefined;
}

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type LoopMember, type LoopTurns, shareKey } from '@framehub/frame';
import { Outgoing } from './outgoing.js';
import { PacketReader } from './packet-reader.js';
import type { Holder, SharedBytes } from './shared-bytes.js';

/** Milliseconds for CONNECT to come, for a packet that has begun to be complete, and for a slow client to take anything. */
const CONNECT_TIME = 10_000;
const PACKET_TIME = 30_000;
const STALL_TIME = 30_000;
/** Bytes of a packet that carries no message; the longest that people send are lists of topics. */
const MAX_CONTROL = 131_072;
/** Bytes of CONNECT: who is not let in yet costs little. */
const MAX_CONNECT = 24_576;
/** Bytes up to which an unfinished packet is nobody's concern. */
const HARMLESS = 4096;
/** Retained messages of this many SUBSCRIBE packets are sent at a time. */
const MAX_REPLAYS = 4;
/** Never reached: how much waits is counted here, and not by the stream. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export interface ConnectionLimits {
  /** Bytes of a message that comes in. */
  readonly maxPacket: number;
  /** Bytes on their way out. */
  readonly maxWaiting: number;
  /** Of all connections. */
  readonly unfinished: SharedBytes;
  readonly waiting: SharedBytes;
  readonly turns: LoopTurns;
  /** Counts what the connection is closed for: `packet`, `time`, `unfinished`, `slow`. */
  count(reason: string): void;
}

/**
 * A client's socket as the broker has it: whole packets come in, one at a time and in turn with those of others, and
 * what goes out is counted until it is taken. Whatever a client sends or does not read, it holds a bounded piece of memory.
 */
export class ClientConnection extends Duplex implements Holder, LoopMember {
  readonly address: string;
  readonly #reader: PacketReader;
  readonly #outgoing: Outgoing;
  /** Bytes that were read and are not taken apart yet. */
  #chunk: Buffer | undefined;
  #at = 0;
  #ended = false;
  /** Until the packet that has begun, or CONNECT, has to be complete. */
  #packetTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #taken = 0;
  /** The broker has not taken the last packet yet. */
  #isFull = false;
  #state: 'new' | 'asked' | 'answered' = 'new';
  #replays = 0;
  readonly #waitingForRoom = new Set<() => void>();

  /** Takes the socket; it has to be one that may be half open, or what came before the other side's end is lost. */
  constructor(
    private readonly socket: Socket,
    private readonly limits: ConnectionLimits,
  ) {
    super({ writableHighWaterMark: NO_LIMIT });
    this.address = shareKey(socket.remoteAddress);
    this.#reader = new PacketReader((first) => limitOf(first, limits.maxPacket));
    this.#outgoing = new Outgoing(socket, () => this.#onTaken());
    this.#packetTimer = setTimeout(() => this.#close('time', 'CONNECT did not come in time'), CONNECT_TIME);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => {
      this.#ended = true;
      if (!this.#chunk) this.push(null);
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** Whether this many bytes more may wait to be taken. */
  hasRoom(bytes: number): boolean {
    return this.#waiting + bytes < this.limits.maxWaiting;
  }

  /** Resolves when little waits to be taken, or with false when the connection has ended. */
  async ready(): Promise<boolean> {
    while (!this.destroyed && this.#waiting > this.limits.maxWaiting / 4)
      await new Promise<void>((resolve) => this.#waitingForRoom.add(resolve));
    return !this.destroyed;
  }

  /** Retained messages are being sent: a client that asks for them many times at once is not heard meanwhile. */
  replays(change: 1 | -1): void {
    this.#replays += change;
    this.#resume();
  }

  /** As one that holds too much. */
  evict(): void {
    const unfinished = this.#reader.held > this.#waiting;
    this.#close(unfinished ? 'unfinished' : 'slow', 'all clients together hold too much, and this one most of it');
  }

  /** Passes one packet on. */
  step(): boolean {
    if (!this.#chunk || !this.#mayPass) return false;
    try {
      const { end, packet } = this.#reader.read(this.#chunk, this.#at);
      this.#at = end;
      if (packet) this.#pass(packet);
    } catch (error) {
      this.limits.count('packet');
      this.destroy(error as Error);
      return false;
    }
    if (this.#at < this.#chunk.length) return this.#mayPass;
    this.#chunk = undefined;
    this.#watchUnfinished();
    if (this.#ended) this.push(null);
    else this.socket.resume();
    return false;
  }

  get #waiting(): number {
    return this.#outgoing.waiting + this.writableLength;
  }

  get #mayPass(): boolean {
    return (
      !this.destroyed &&
      !this.#isFull &&
      this.#state !== 'asked' &&
      this.#replays < MAX_REPLAYS &&
      // Who does not read the answers is asked for no more.
      this.#waiting <= this.limits.maxWaiting / 2
    );
  }

  #take(chunk: Buffer): void {
    this.#chunk = this.#chunk ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
    this.#at = 0;
    this.socket.pause();
    this.#resume();
  }

  #resume(): void {
    if (this.#chunk && this.#mayPass) this.limits.turns.add(this);
  }

  #pass(packet: Buffer): void {
    clearTimeout(this.#packetTimer);
    this.#packetTimer = undefined;
    this.limits.unfinished.set(this, 0);
    if (this.#state === 'new') this.#state = 'asked';
    if (!this.push(packet)) this.#isFull = true;
  }

  /** The rest of a packet may take its time, but not for ever. */
  #watchUnfinished(): void {
    const { isUnfinished, held } = this.#reader;
    this.limits.unfinished.set(this, held > HARMLESS ? held : 0);
    if (isUnfinished)
      this.#packetTimer ??= setTimeout(() => this.#close('time', 'a packet was not complete in time'), PACKET_TIME);
  }

  override _read(): void {
    this.#isFull = false;
    this.#resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send([chunk], done);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  #send(chunks: readonly Buffer[], done: () => void): void {
    for (const chunk of chunks) this.#outgoing.add(chunk);
    this.#outgoing.flush();
    // The first word of the broker is CONNACK.
    this.#state = 'answered';
    done();
    this.#account();
    this.#resume();
  }

  #onTaken(): void {
    this.#taken += 1;
    this.#account();
    this.#resume();
    for (const resolve of this.#waitingForRoom) resolve();
    this.#waitingForRoom.clear();
  }

  #account(): void {
    this.limits.waiting.set(this, this.#outgoing.waiting);
    if (this.#outgoing.waiting > 0 && !this.destroyed) this.#stallTimer ??= this.#watchStall();
  }

  #watchStall(): NodeJS.Timeout {
    const before = this.#taken;
    return setTimeout(() => {
      this.#stallTimer = undefined;
      if (this.#outgoing.waiting === 0) return;
      if (this.#taken === before) this.#close('slow', 'nothing was taken for a long time');
      else this.#stallTimer = this.#watchStall();
    }, STALL_TIME);
  }

  #close(reason: string, why: string): void {
    if (this.destroyed) return;
    this.limits.count(reason);
    this.destroy(new Error(why));
  }

  override _final(done: () => void): void {
    this.#outgoing.whenEmpty(() => this.socket.end(done));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#packetTimer);
    clearTimeout(this.#stallTimer);
    this.socket.destroy();
    this.#chunk = undefined;
    this.#outgoing.clear();
    const { turns, unfinished, waiting } = this.limits;
    turns.remove(this);
    unfinished.set(this, 0);
    waiting.set(this, 0);
    for (const resolve of this.#waitingForRoom) resolve();
    done(error);
  }
}

/** Bytes after the fixed header, by the type of a packet (MQTT 3.1.1, section 2.2.1); undefined: clients send no such packet. */
function limitOf(firstByte: number, maxPacket: number): number | undefined {
  const type = firstByte >> 4;
  if (type === 3) return maxPacket;
  if (type === 1) return MAX_CONNECT;
  // SUBSCRIBE, UNSUBSCRIBE.
  if (type === 8 || type === 10) return Math.min(MAX_CONTROL, maxPacket);
  // PUBACK, PUBREC, PUBREL, PUBCOMP.
  if (type >= 4 && type <= 7) return 2;
  // PINGREQ, DISCONNECT.
  return type === 12 || type === 14 ? 0 : undefined;
}

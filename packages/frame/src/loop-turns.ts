/** Takes turns. */
export interface LoopMember {
  /** Does one piece of work. @returns whether there is more to do at once */
  step(): boolean;
}

/** Pieces of work in one turn of the event loop. */
const MOST = 64;
/** Milliseconds that one turn's work should take at most, with all that follows from it. */
const LONG = 4;

/**
 * Shares the event loop between many that have work, one piece each in turn, and leaves time for everything else. How
 * much a piece sets going is not known before, as with a message that many receive: when it took long, fewer are done.
 */
export class LoopTurns {
  readonly #ready = new Set<LoopMember>();
  #scheduled = false;
  #allowed = MOST;
  /** When the last turn ended; undefined: nobody had work for a while. */
  #since: number | undefined;

  /** There is work. */
  add(member: LoopMember): void {
    this.#ready.add(member);
    this.#schedule();
  }

  remove(member: LoopMember): void {
    this.#ready.delete(member);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    this.#scheduled = false;
    this.#adapt();
    let left = this.#allowed;
    // A member that is added again comes last.
    for (const member of this.#ready) {
      this.#ready.delete(member);
      if (member.step()) this.#ready.add(member);
      left -= 1;
      if (left <= 0) break;
    }
    this.#since = this.#ready.size > 0 ? performance.now() : undefined;
    if (this.#ready.size > 0) this.#schedule();
  }

  #adapt(): void {
    if (this.#since === undefined) return;
    const tookLong = performance.now() - this.#since > LONG;
    this.#allowed = tookLong ? Math.max(1, this.#allowed >> 1) : Math.min(MOST, this.#allowed + 1);
  }
}

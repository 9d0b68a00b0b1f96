/** Has work to do on the event loop, in pieces. */
export interface LoopMember {
  /** Does one piece of work. @returns whether there is more */
  step(): boolean;
}

/** Most pieces of work in one turn of the event loop. */
const MAX_STEPS = 64;
/** Milliseconds that one turn should take at most, including the work that its pieces cause. */
const MAX_TURN_MS = 4;

/**
 * Shares the event loop between many members, one piece of work each in turn, and leaves time for everything else. How
 * much work a piece causes is not known in advance (a message may go to many receivers): after a long turn, fewer pieces
 * are done in the next one.
 */
export class LoopTurns {
  readonly #ready = new Set<LoopMember>();
  #scheduled = false;
  #maxSteps = MAX_STEPS;
  /** When the last turn ended; undefined if no work was left then. */
  #since: number | undefined;

  /** A member has work. Adding it again while it waits changes nothing. */
  add(member: LoopMember): void {
    this.#ready.add(member);
    this.#schedule();
  }

  /** Forgets a member's work. */
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
    let left = this.#maxSteps;
    // A member that has more work goes to the end.
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
    const tookLong = performance.now() - this.#since > MAX_TURN_MS;
    this.#maxSteps = tookLong ? Math.max(1, this.#maxSteps >> 1) : Math.min(MAX_STEPS, this.#maxSteps + 1);
  }
}

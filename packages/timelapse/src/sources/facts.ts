import { within } from '@framehub/frame';

/** Milliseconds that a snapshot's attributes may arrive after it: a hub sends them when the MQTT server has the snapshot. */
const ATTRIBUTES_TIMEOUT_MS = 2500;
/** Unix seconds beyond this would be in the year 5138; such a number is one of milliseconds. */
const MAX_SECONDS = 1e11;
/** ECMA-262: the last instant that a Date can hold. */
const MAX_MILLISECONDS = 8.64e15;

/** What a source sends about a snapshot, beside its bytes. */
export interface CaptureFacts {
  /** Unix milliseconds. */
  readonly capturedAt: number | undefined;
  readonly sequence: number | undefined;
}

/** Unix milliseconds of a time in Unix seconds, Unix milliseconds or ISO 8601; undefined for any other value. */
export function parseTime(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : value;
  if (typeof text !== 'string' && typeof text !== 'number') return undefined;
  const number = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) return typeof text === 'string' ? asTime(Date.parse(text)) : undefined;
  return asTime(number > MAX_SECONDS ? number : number * 1000);
}

function asTime(milliseconds: number): number | undefined {
  return milliseconds > 0 && milliseconds <= MAX_MILLISECONDS ? milliseconds : undefined;
}

/** A frame number, or undefined for any other value. */
export function parseSequence(value: unknown): number | undefined {
  if (typeof value !== 'number' && !(typeof value === 'string' && /^\d+$/.test(value))) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** The object in a JSON text; an empty one for any other text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** A hub's error message, `{"error": {"message": …}}`, on one line; undefined if there is none. */
export function messageOf({ error }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  return typeof error.message === 'string' ? error.message.replaceAll(/\s+/g, ' ') : undefined;
}

interface Waiting {
  readonly bytes: number;
  readonly resolve: (facts: CaptureFacts) => void;
}

/**
 * Matches snapshots with the JSON beside them, for connections that cannot carry facts with a snapshot (MQTT 3.1.1). It
 * is a message of its own, before or after its snapshot, and has the snapshot's number of bytes.
 */
export class Attributes {
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<Waiting>();
  /** The latest, until its snapshot arrives. */
  #latest: { readonly bytes: number; readonly facts: CaptureFacts } | undefined;

  constructor(timeoutMs = ATTRIBUTES_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** Handles an attributes message; one that is not understood is ignored. */
  receive({ bytes, seq, ts }: Readonly<Record<string, unknown>>): void {
    if (typeof bytes !== 'number') return;
    const facts = { capturedAt: parseTime(ts), sequence: parseSequence(seq) };
    const match = [...this.#waiting].find((waiting) => waiting.bytes === bytes);
    if (match) {
      this.#waiting.delete(match);
      match.resolve(facts);
    } else this.#latest = { bytes, facts };
  }

  /**
   * Call it when a snapshot arrives, before the next message is handled.
   *
   * @param bytes length of the snapshot
   * @returns its facts, or undefined if they do not arrive in time
   */
  async of(bytes: number): Promise<CaptureFacts | undefined> {
    const latest = this.#latest;
    if (latest?.bytes === bytes) {
      this.#latest = undefined;
      return latest.facts;
    }
    let resolve: Waiting['resolve'] = () => {};
    const match = new Promise<CaptureFacts>((resolveMatch) => {
      resolve = resolveMatch;
    });
    const waiting = { bytes, resolve };
    this.#waiting.add(waiting);
    const facts = await within(match, this.#timeoutMs, this.#closing.signal);
    this.#waiting.delete(waiting);
    return facts;
  }

  /** Ends all waiting. */
  close(): void {
    this.#closing.abort();
  }
}

/** What a source tells about a picture, beside the picture. */
export interface CaptureFacts {
  /** Unix milliseconds. */
  readonly capturedAt: number | undefined;
  readonly sequence: number | undefined;
}

/** Unix seconds beyond this would be in the year 5138; such a number is one of milliseconds. */
const MOST_SECONDS = 1e11;
/** ECMA-262: the last instant that a Date can hold. */
const MOST_MILLISECONDS = 8.64e15;

/** Unix milliseconds of a time as programs write it: Unix seconds or milliseconds, or ISO 8601. Undefined for what is none. */
export function parseTime(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : value;
  if (typeof text !== 'string' && typeof text !== 'number') return undefined;
  const number = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) return typeof text === 'string' ? asTime(Date.parse(text)) : undefined;
  return asTime(number > MOST_SECONDS ? number : number * 1000);
}

/** A count of frames, or undefined for what is none. */
export function parseSequence(value: unknown): number | undefined {
  if (typeof value !== 'number' && !(typeof value === 'string' && /^\d+$/.test(value))) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function asTime(milliseconds: number): number | undefined {
  return milliseconds > 0 && milliseconds <= MOST_MILLISECONDS ? milliseconds : undefined;
}

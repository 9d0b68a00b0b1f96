/** How long {@link until} waits. */
export interface UntilOptions {
  /** Milliseconds after which the waiting fails. @default 20000 */
  readonly timeoutMs?: number;
}

const POLL_INTERVAL_MS = 5;
const DEFAULT_TIMEOUT_MS = 20_000;
/** Without a description there is usually no time limit in mind either. */
const UNDESCRIBED_TIMEOUT_MS = 30_000;

/**
 * Waits until a condition is true. Without a description, the error shows the source text of the condition, after 30 s.
 *
 * @param description what is waited for: `the stream has a viewer`
 * @param condition called every 5 ms
 * @throws Error with the description and the time limit
 * @example
 * await until('the gateway has no connection', () => gateway.connections === 0);
 */
export async function until(description: string, condition: () => boolean, options?: UntilOptions): Promise<void>;
export async function until(condition: () => boolean): Promise<void>;
export async function until(
  first: string | (() => boolean),
  second: () => boolean = () => true,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: UntilOptions = {},
): Promise<void> {
  const isDescribed = typeof first === 'string';
  const condition = isDescribed ? second : first;
  const limitMs = isDescribed ? timeoutMs : UNDESCRIBED_TIMEOUT_MS;
  const deadline = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`waited ${limitMs} ms in vain until ${isDescribed ? first : condition}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
}

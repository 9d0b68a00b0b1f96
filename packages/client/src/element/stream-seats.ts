/** A browser opens six connections to a host, and a stream holds one for good: some stay free for everything else. */
const STREAMS = 4;

const taken = new Map<string, number>();

/** The right to a stream of a host. Returns what gives it back, once, or undefined when there is none left. */
export function takeStreamSeat(address: string): (() => void) | undefined {
  const { host } = new URL(address);
  const count = taken.get(host) ?? 0;
  if (count >= STREAMS) return undefined;
  taken.set(host, count + 1);
  return () => taken.set(host, (taken.get(host) ?? 1) - 1);
}

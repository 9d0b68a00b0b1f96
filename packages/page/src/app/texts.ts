import type { CameraInfo } from '@framehub/client';

export interface Condition {
  /** One word or two. */
  readonly label: string;
  readonly tone: 'good' | 'quiet' | 'warn' | 'bad';
  /** What is wrong and what to do, where something is. */
  readonly problem: string | undefined;
}

/** How a camera is, for people. */
export function conditionOf({ state, placeholder, error, frozenSince }: CameraInfo): Condition {
  const problem = error ? sentence(error.message) : undefined;
  const card = placeholder?.toLowerCase().replace(/^camera /, '');
  switch (state) {
    case 'live':
      if (card) return { label: card, tone: 'warn', problem };
      if (frozenSince !== null)
        return { label: 'frozen', tone: 'warn', problem: `The picture has not changed since ${timeOf(frozenSince)}.` };
      return { label: 'live', tone: 'good', problem };
    case 'standby':
      return { label: 'standby', tone: 'quiet', problem };
    case 'off':
      return { label: 'off', tone: 'quiet', problem: undefined };
    case 'starting':
      return { label: 'starting', tone: 'quiet', problem };
    default:
      return { label: card ?? 'no picture', tone: 'bad', problem: problem ?? 'No picture comes; it is tried again.' };
  }
}

export function ageText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '–';
  // Clocks are compared over the network, to a few milliseconds.
  const age = Math.max(0, milliseconds);
  if (age < 1000) return `${Math.round(age)} ms`;
  return age < 10_000 ? `${(age / 1000).toFixed(1)} s` : `${Math.round(age / 1000)} s`;
}

export function viewersText(count: number): string {
  return count === 1 ? '1 viewer' : `${count} viewers`;
}

export function sizeText({ width, height }: { width: number; height: number }): string {
  return `${width} × ${height}`;
}

export function timeOf(unixMilliseconds: number): string {
  return new Date(unixMilliseconds).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** Messages begin small, to stand behind a name. One that begins with an address or a path keeps it as it is. */
function sentence(message: string): string {
  const [word = ''] = message.split(/\s/, 1);
  const begin = /^[a-z][a-z'’-]*,?$/.test(word) ? `${word.charAt(0).toUpperCase()}${word.slice(1)}` : word;
  return `${begin}${message.slice(word.length)}${/[.!?]$/.test(message) ? '' : '.'}`;
}

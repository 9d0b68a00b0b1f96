import type { CameraInfo } from '@framehub/client';

export interface Condition {
  /** One or two words. */
  readonly label: string;
  readonly tone: 'good' | 'quiet' | 'warn' | 'bad';
  /** What is wrong and what to do about it. */
  readonly problem: string | undefined;
}

/** The state of a camera, human-readable. */
export function conditionOf({ state, placeholder, error, frozenSince }: CameraInfo): Condition {
  const problem = error ? sentence(error.message) : undefined;
  const reason = placeholder?.toLowerCase().replace(/^camera /, '');
  switch (state) {
    case 'live':
      if (reason) return { label: reason, tone: 'warn', problem };
      if (frozenSince !== null)
        return { label: 'frozen', tone: 'warn', problem: `The image has not changed since ${timeOf(frozenSince)}.` };
      return { label: 'live', tone: 'good', problem };
    case 'standby':
      return { label: 'standby', tone: 'quiet', problem };
    case 'off':
      return { label: 'off', tone: 'quiet', problem: undefined };
    case 'starting':
      return { label: 'starting', tone: 'quiet', problem };
    default:
      return {
        label: reason ?? 'no image',
        tone: 'bad',
        problem: problem ?? 'No frames arrive. framehub keeps trying.',
      };
  }
}

export function ageText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '–';
  // Clocks compared over the network differ by a few milliseconds.
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

/** As a sentence: with a capital, unless it begins with an address or a path, and a full stop. */
function sentence(message: string): string {
  const [word = ''] = message.split(/\s/, 1);
  const begin = /^[a-z][a-z'’-]*,?$/.test(word) ? `${word.charAt(0).toUpperCase()}${word.slice(1)}` : word;
  return `${begin}${message.slice(word.length)}${/[.!?]$/.test(message) ? '' : '.'}`;
}

/** `garage 2026-03-01 14.05.09.jpg`, in local time: sorts by time, and is valid on every system. */
export function fileName(camera: string, takenAt: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [takenAt.getFullYear(), two(takenAt.getMonth() + 1), two(takenAt.getDate())].join('-');
  const time = [takenAt.getHours(), takenAt.getMinutes(), takenAt.getSeconds()].map(two).join('.');
  return `${camera} ${day} ${time}.jpg`;
}

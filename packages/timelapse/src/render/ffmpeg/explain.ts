import { FramehubError } from '@framehub/frame';
import type { RunEnd } from './program.js';

/** What ffmpeg says, and what that means for people. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/Unknown encoder '?libx264/i, 'it has no H.264 encoder (libx264): install a full build of ffmpeg'],
  [
    /No such filter: '?(\w+)/i,
    'it lacks a filter: install a full build of ffmpeg, or leave --stamp and --deflicker out',
  ],
  [/Cannot allocate memory|Out of memory/i, 'there is not enough memory: make the film smaller with --width'],
  [/Permission denied/i, 'it may not write there: permission denied'],
  [/Read-only file system/i, 'the disk is read-only'],
];
/** What a program says whose reader or writer ended first: the other one knows why. */
const CONSEQUENCE = /Broken pipe|Output file is empty|Invalid argument/i;

/**
 * Why a film could not be made, or undefined when it was.
 *
 * @param runs in the order in which pictures go through them
 */
export function explainFailure(output: string, runs: readonly RunEnd[]): FramehubError | undefined {
  const failed = runs.filter(({ ok }) => !ok);
  if (failed.length === 0) return undefined;
  const cause = failed.find(({ words }) => words !== '' && !CONSEQUENCE.test(words)) ?? (failed.at(-1) as RunEnd);
  const said = failed.map(({ words }) => words).join('\n');
  const details = { output, said };
  if (/No space left on device|Disk quota exceeded/i.test(said))
    return new FramehubError('TIMELAPSE_DISK_FULL', `the disk is full: ${output} was not made; make room`, details);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(said))?.[1] ?? lastLine(cause.words);
  return new FramehubError('TIMELAPSE_FFMPEG_FAILED', `ffmpeg could not make ${output}: ${meaning}`, details);
}

function lastLine(words: string): string {
  return words.trim().split('\n').at(-1) || 'it ended without a word';
}

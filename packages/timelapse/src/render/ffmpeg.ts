import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname, extname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { codeOf, FramehubError, type Logger } from '@framehub/frame';
import { diskFull, fileProblem, invalidOption, wrongOptions } from '../errors.js';
import type { RenderPlan } from './options.js';

/** The end of what ffmpeg writes to stderr has the reason. */
const MAX_STDERR_CHARACTERS = 16_384;

/**
 * Finds ffmpeg, if the film needs it.
 *
 * @returns the program, or undefined for an AVI, and where the film goes: to an AVI beside `output` without ffmpeg
 * @throws `TIMELAPSE_INVALID_OPTION` or `TIMELAPSE_FFMPEG_FAILED`
 */
export async function chooseProgram(
  plan: RenderPlan,
  logger: Logger,
): Promise<{ readonly program: string | undefined; readonly output: string }> {
  const { output, container, ffmpeg, stamp, deflicker, width } = plan;
  const extras = Object.entries({ stamp, deflicker, width: width !== undefined }).flatMap(([name, on]) =>
    on ? [name] : [],
  );
  if (container === 'avi') {
    const [extra] = extras;
    if (extra !== undefined) throw wrongOptions(extra, `${extra} needs a film that ffmpeg makes: .mp4, .mov or .mkv`);
    return { program: undefined, output };
  }
  const program = ffmpeg ?? 'ffmpeg';
  if (await isInstalled(program)) return { program, output };
  if (ffmpeg !== undefined) throw invalidOption('ffmpeg', 'an installed program', ffmpeg);
  const instead = join(dirname(output), `${basename(output, extname(output))}.avi`);
  const without = extras.length === 0 ? '' : ` without ${extras.join(' and ')}`;
  logger.warn({}, `ffmpeg is not installed (${howToInstall()}): ${instead} is made instead${without}, which is larger`);
  return { program: undefined, output: instead };
}

/** @throws `TIMELAPSE_FFMPEG_FAILED` if it is installed, but does not run */
async function isInstalled(program: string): Promise<boolean> {
  const failed = (problem: string) =>
    new FramehubError('TIMELAPSE_FFMPEG_FAILED', `${program} does not run: ${problem}`, { program });
  const child = spawn(program, ['-version'], { stdio: 'ignore', windowsHide: true });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code === 0) return true;
    throw failed(`it ends with ${code}`);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error instanceof FramehubError ? error : failed(fileProblem(error));
  }
}

function howToInstall(): string {
  if (process.platform === 'darwin') return 'brew install ffmpeg';
  if (process.platform === 'win32') return 'winget install ffmpeg';
  return 'sudo apt install ffmpeg';
}

/** How a run of ffmpeg ended. */
export interface RunEnd {
  readonly ok: boolean;
  /** The end of what it wrote to stderr, or why it did not start. */
  readonly stderr: string;
}

/** A running ffmpeg. */
export class FfmpegRun {
  readonly ended: Promise<RunEnd>;
  readonly #child: ChildProcess;
  #stderr = '';

  /** @param extraInput whether there is a second input, `pipe:3` */
  constructor(program: string, args: readonly string[], extraInput = false) {
    this.#child = spawn(program, ['-hide_banner', '-v', 'error', ...args], {
      stdio: ['pipe', 'pipe', 'pipe', ...(extraInput ? ['pipe' as const] : [])],
      windowsHide: true,
    });
    // If the program ends early, its inputs fail: `ended` has the reason.
    for (const input of [this.input, this.extraInput]) input?.on('error', () => {});
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR_CHARACTERS);
    });
    this.ended = this.#end();
  }

  get input(): Writable {
    return this.#child.stdin as Writable;
  }

  get extraInput(): Writable | undefined {
    return this.#child.stdio[3] as Writable | undefined;
  }

  get output(): Readable {
    return this.#child.stdout as Readable;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #end(): Promise<RunEnd> {
    try {
      const [code] = (await once(this.#child, 'close')) as [number | null];
      return { ok: code === 0, stderr: this.#stderr };
    } catch (error) {
      return { ok: false, stderr: fileProblem(error) };
    }
  }
}

/** What ffmpeg writes to stderr, and what that means. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/Unknown encoder '?libx264/i, 'it has no H.264 encoder (libx264): install a full build of ffmpeg'],
  [/No such filter: '?(\w+)/i, 'it lacks a filter: install a full build of ffmpeg, or omit --stamp and --deflicker'],
  [/Cannot allocate memory|Out of memory/i, 'there is not enough memory: make the film smaller with --width'],
  [/Permission denied/i, 'permission denied'],
  [/Read-only file system/i, 'the disk is read-only'],
];
/** What a program writes whose reader or writer failed first: the other one has the reason. */
const CONSEQUENCE = /Broken pipe|Output file is empty|Invalid argument/i;

/**
 * Why a film could not be made, or undefined when it was.
 *
 * @param runs in the order in which frames go through them
 */
export function explainFailure(output: string, runs: readonly RunEnd[]): FramehubError | undefined {
  const failed = runs.filter(({ ok }) => !ok);
  if (failed.length === 0) return undefined;
  const cause = failed.find((run) => run.stderr !== '' && !CONSEQUENCE.test(run.stderr)) ?? (failed.at(-1) as RunEnd);
  const stderr = failed.map((run) => run.stderr).join('\n');
  if (/No space left on device|Disk quota exceeded/i.test(stderr)) return diskFull(output, { output, stderr });
  const meaning = MEANINGS.find(([pattern]) => pattern.test(stderr))?.[1] ?? lastLine(cause.stderr);
  return new FramehubError('TIMELAPSE_FFMPEG_FAILED', `ffmpeg could not make ${output}: ${meaning}`, {
    output,
    stderr,
  });
}

function lastLine(stderr: string): string {
  return stderr.trim().split('\n').at(-1) || 'it ended without a message';
}

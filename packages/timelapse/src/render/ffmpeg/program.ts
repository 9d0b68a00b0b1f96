import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { codeOf, FramehubError } from '@framehub/frame';
import { fileProblem } from '../../errors.js';

/** Of what ffmpeg says, its last words matter. */
const MAX_WORDS = 16_384;

/** How a run of ffmpeg ended. */
export interface RunEnd {
  readonly ok: boolean;
  /** What it complained of. */
  readonly words: string;
}

/** ffmpeg at work. */
export class FfmpegRun {
  readonly ended: Promise<RunEnd>;
  readonly #child: ChildProcess;
  #words = '';

  /** @param extraInput whether there is a second input, `pipe:3` */
  constructor(program: string, args: readonly string[], extraInput = false) {
    this.#child = spawn(program, ['-hide_banner', '-v', 'error', ...args], {
      stdio: ['pipe', 'pipe', 'pipe', ...(extraInput ? ['pipe' as const] : [])],
      windowsHide: true,
    });
    // A program that ends early cuts its inputs: its end tells why.
    for (const input of [this.input, this.extraInput]) input?.on('error', () => {});
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-MAX_WORDS);
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
      return { ok: code === 0, words: this.#words };
    } catch (error) {
      return { ok: false, words: fileProblem(error) };
    }
  }
}

/** Whether the program is there. Rejects with `TIMELAPSE_FFMPEG_FAILED` when it is, but does not run. */
export async function isInstalled(program: string): Promise<boolean> {
  const child = spawn(program, ['-version'], { stdio: 'ignore', windowsHide: true });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code === 0) return true;
    throw failed(program, `it ends with ${code}`);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error instanceof FramehubError ? error : failed(program, fileProblem(error));
  }
}

function failed(program: string, problem: string): FramehubError {
  return new FramehubError('TIMELAPSE_FFMPEG_FAILED', `${program} does not run: ${problem}`, { program });
}

/** How people get ffmpeg on their system. */
export function howToInstall(platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return 'brew install ffmpeg';
  if (platform === 'win32') return 'winget install ffmpeg';
  return 'sudo apt install ffmpeg';
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readFrameNumber } from '@framehub/capture';
import test, { type ExecutionContext } from 'ava';

const hasMosquitto = !spawnSync('mosquitto_sub', ['--help']).error;
const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((program) => !spawnSync(program, ['-version']).error);

/** Tests with a subscriber that is not ours. */
export const foreign = hasMosquitto && hasFfmpeg ? test.serial : test.serial.skip;
/** Tests that decode snapshots and films with ffmpeg. */
export const watching = hasFfmpeg ? test.serial : test.serial.skip;

if (!hasMosquitto) console.log('SKIPPED: mosquitto-clients are not installed, so no foreign subscriber listens');
if (!hasFfmpeg) console.log('SKIPPED: ffmpeg is not installed, so no snapshot or film is decoded');

function subscribe(t: ExecutionContext, port: number, args: readonly string[]) {
  const child = spawn('mosquitto_sub', ['-h', '127.0.0.1', '-p', `${port}`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill());
  return child;
}

/** The payload of the next message of a topic; a retained one counts. */
export async function message(t: ExecutionContext, port: number, topic: string, ...args: string[]): Promise<Buffer> {
  const child = subscribe(t, port, ['-t', topic, '-C', '1', '-N', ...args]);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`mosquitto_sub ended with ${code}`);
  return Buffer.concat(chunks);
}

/** Listens to a topic with text until the test is over. */
export function listen(t: ExecutionContext, port: number, topic: string, ...args: string[]) {
  const child = subscribe(t, port, ['-t', topic, ...args]);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const check of waiting) check();
  });
  return {
    /** Resolves when this was said, or is. */
    says: (line: string) =>
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (lines.includes(line)) resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

export interface Seen {
  readonly width: number;
  readonly height: number;
  /** Drawn into each frame by the test pattern. */
  readonly numbers: readonly number[];
}

/** What a foreign decoder sees in a snapshot or a film of the test pattern. */
export function look(file: string): Seen {
  const format = ['-show_entries', 'stream=width,height', '-of', 'csv=p=0'];
  const [width = 0, height = 0] = tool('ffprobe', ['-v', 'error', ...format, file])
    .toString()
    .split(',')
    .map(Number);
  const grey = tool('ffmpeg', ['-v', 'error', '-i', file, '-f', 'rawvideo', '-pix_fmt', 'gray', '-']);
  const size = width * height;
  const numbers = Array.from({ length: grey.length / size }, (_, index) =>
    readFrameNumber((x, y) => grey[index * size + y * width + x] ?? 0, width),
  );
  return { width, height, numbers };
}

/** Frames of a film, as ffprobe counts them. */
export function countFrames(film: string): number {
  const count = ['-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0'];
  return Number(tool('ffprobe', ['-v', 'error', ...count, film]).toString());
}

function tool(program: string, args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, { maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

function spawnCommand(args: readonly string[], cwd: string | undefined, environment: Environment = {}): ChildProcess {
  const env = { ...process.env, ...environment };
  return spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd, env });
}

/** Runs the real command to its end. */
export async function run(args: readonly string[], cwd?: string, environment?: Environment): Promise<Ended> {
  const child = spawnCommand(args, cwd, environment);
  const ended = outputOf(child);
  return ended;
}

/** Starts the real command, which goes on until it is asked to stop or the test is over. */
export function begin(
  t: ExecutionContext,
  args: readonly string[],
  environment?: Environment,
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawnCommand(args, undefined, environment);
  t.teardown(() => child.kill('SIGKILL'));
  return { child, ended: outputOf(child) };
}

/** Runs the real command with nobody to read its standard output. */
export async function runUnread(args: readonly string[]): Promise<Ended> {
  const child = spawnCommand(args, undefined);
  child.stdout?.destroy();
  return outputOf(child);
}

async function outputOf(child: ChildProcess): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** A framehub that serves, until the test is over. */
export interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<Ended>;
  /** Resolves with the first log record from that one on, past or to come, of which this is true. */
  record(matches: (record: LogRecord) => boolean, from?: number): Promise<LogRecord>;
  /** How many log records there are. */
  recorded(): number;
}

export interface LogRecord {
  readonly level: number;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/**
 * Starts the real command on a free port of this machine and waits until it says that it is open.
 * @param environment variables on top of our own
 */
export async function start(
  t: ExecutionContext,
  args: readonly string[],
  environment: Environment = {},
): Promise<Running> {
  const child = spawnCommand(['--host', '127.0.0.1', '--port', '0', ...args], undefined, environment);
  t.teardown(() => child.kill('SIGKILL'));
  const ended = outputOf(child);
  const records: LogRecord[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    records.push(JSON.parse(line) as LogRecord);
    for (const look of waiting) look();
  });
  const record = (matches: (record: LogRecord) => boolean, from = 0) =>
    new Promise<LogRecord>((resolve, reject) => {
      const look = () => {
        const found = records.slice(from).find(matches);
        if (found) resolve(found);
      };
      waiting.add(look);
      look();
      ended.then(({ stderr }) => reject(new Error(`framehub ended before it said so: ${stderr}`)), reject);
    });
  const opened = await record(({ urls }) => Array.isArray(urls));
  return { child, url: String((opened.urls as string[])[0]), ended, record, recorded: () => records.length };
}

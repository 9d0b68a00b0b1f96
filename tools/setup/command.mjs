import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Something that the person at the keyboard can do something about; its message is all there is to say. */
export class SetupError extends Error {}

/** What a person should know while waiting. Standard error: standard output belongs to the command. */
export function say(text) {
  process.stderr.write(`framehub: ${text}\n`);
}

/** The JavaScript file behind a command of an installed package, which runs on every platform, unlike node_modules/.bin. */
export function binOf(packageName, command = packageName.split('/').at(-1)) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

const HEARTBEAT_MS = 10_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a long step: says what it does, says every ten seconds that it goes on, and shows its output when it fails.
 * @param what in words: `installing packages`
 */
export async function runStep(what, command, args, { note = '', hint = '', ...options } = {}) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  say(`${what}${note && ` (${note})`} …`);
  const heartbeat = setInterval(() => say(`still ${what} (${seconds()} s) …`), HEARTBEAT_MS);
  try {
    const { code, output } = await run(command, args, { ...options, capture: true });
    if (code === 0) return;
    process.stderr.write(output.endsWith('\n') ? output : `${output}\n`);
    throw new SetupError(`${what} failed after ${seconds()} s, see above${hint && `: ${hint}`}`);
  } finally {
    clearInterval(heartbeat);
  }
}

/** Runs a command in the foreground and returns its exit code. */
export async function runThrough(command, args, options) {
  return (await run(command, args, options)).code;
}

/** Runs a command quietly. Returns its output, or undefined when it is missing or fails. */
export async function outputOf(command, args, options) {
  try {
    const { code, output } = await run(command, args, { ...options, capture: true });
    return code === 0 ? output.trim() : undefined;
  } catch {
    return undefined;
  }
}

function run(command, args, { capture = false, env = {}, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      shell,
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    // A signal for this process is meant for what it waits for; the child's end is then ours.
    const forward = (signal) => child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, forward);
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => reject(new SetupError(`${command} does not start: ${error.message}`)));
    child.on('close', (code, signal) => {
      for (const name of SIGNALS) process.off(name, forward);
      if (signal && capture) process.kill(process.pid, signal);
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() });
    });
  });
}

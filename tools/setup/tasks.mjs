import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkRules } from '../rules/run.mjs';
import { ensureBuilt } from './build.mjs';
import { check } from './check.mjs';
import { binOf, root, runThrough, SetupError } from './command.mjs';
import { ensureInstalled } from './install.mjs';
import { endWithParent } from './parent.mjs';

export { SetupError };

/** Runs one of the root scripts. Returns the exit code, or undefined while something goes on in this process. */
export async function runTask(name, args) {
  const task = TASKS[name];
  if (!task) throw new SetupError(`there is no task '${name ?? ''}': there are ${Object.keys(TASKS).join(', ')}`);
  return task(args);
}

const TASKS = {
  async start(args) {
    await setUp();
    if (process.env.npm_lifecycle_event !== undefined) endWithParent();
    // In this process: no second Node in memory, and signals and the exit code are the command's own.
    const main = join(root, 'packages/cli/dist/main.js');
    process.argv = [process.argv[0], main, ...args];
    await import(pathToFileURL(main).href);
    return process.exitCode;
  },

  async build() {
    await setUp({ force: true });
    return 0;
  },

  async check() {
    await setUp();
    return check();
  },

  /** @param args names of test files, to run only those */
  async test(args) {
    await setUp();
    const checked = await check();
    if (checked !== 0) return checked;
    return runThrough(process.execPath, [binOf('ava'), ...args]);
  },

  /** Changes the built code, one operator or constant at a time, and lists the changes that no test notices. */
  async 'test:mutants'(args) {
    await setUp();
    return runThrough(process.execPath, [existing('tools/mutants.mjs'), ...args]);
  },

  async 'test:vm'(args) {
    await setUp();
    return runThrough(existing('tools/v4l2-vm/test.sh'), args);
  },

  /** Damaged JPEGs through the codecs, then through the library alone under AddressSanitizer. */
  async fuzz(args) {
    await setUp();
    const codes = [];
    for (const program of ['packages/encoder/fuzz/run.mjs', 'packages/encoder/fuzz/asan.mjs'])
      codes.push(await runThrough(process.execPath, [existing(program), ...args]));
    return Math.max(...codes);
  },

  async 'check:rules'() {
    await setUp();
    return checkRules();
  },

  /** The API of every package as web pages in dist/api; fails on a warning. TypeDoc needs the compiler's JavaScript API. */
  async docs(args) {
    return runThrough('npx', ['--yes', '-p', 'typedoc@0.28', '-p', 'typescript@5.9', 'typedoc', ...args]);
  },

  /** Fetched when it is asked for: dictionaries are no part of what a newcomer has to install. */
  async 'check:spelling'(args) {
    return runThrough('npx', ['--yes', 'cspell@9.2.0', '--no-progress', '--dot', '**/*.{ts,tsx,mjs,md,yml}', ...args]);
  },

  async release(args) {
    await setUp({ force: true });
    return runThrough(process.execPath, [existing('tools/release.mjs'), ...args]);
  },

  async bench(args) {
    await setUp();
    return runThrough(process.execPath, [existing('bench/run.mjs'), ...args]);
  },
};

async function setUp({ force = false } = {}) {
  await ensureInstalled();
  await ensureBuilt({ force });
}

function existing(path) {
  const full = join(root, path);
  if (!existsSync(full)) throw new SetupError(`${path} is missing from this checkout`);
  return full;
}

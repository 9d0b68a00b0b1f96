#!/usr/bin/env node
/**
 * Builds turbo-asan.c and runs it on the corpus: the library's calls under AddressSanitizer. Skipped aloud without gcc.
 *
 * node packages/encoder/fuzz/asan.mjs [--count 20000] [--seed 1]     (after npm run build; Linux)
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const { values } = parseArgs({
  options: { count: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});

const folder = mkdtempSync(join(tmpdir(), 'framehub-asan-'));
try {
  const program = join(folder, 'turbo-asan');
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined'];
  const built = spawnSync('gcc', ['-g', '-O1', ...sanitizers, here('turbo-asan.c'), '-ldl', '-o', program], {
    encoding: 'utf8',
  });
  if (built.error || /cannot find -l(asan|ubsan)|unrecognized/.test(built.stderr)) {
    console.log('SKIPPED: there is no gcc with AddressSanitizer on this machine');
  } else if (built.status !== 0) {
    throw new Error(built.stderr);
  } else {
    const library = execFileSync(process.execPath, [here('write-corpus.mjs'), folder], { encoding: 'utf8' }).trim();
    const files = execFileSync('find', [folder, '-name', '*.jpg'], { encoding: 'utf8' }).trim().split('\n').sort();
    const { status } = spawnSync(program, [library, values.count, values.seed, ...files], { stdio: 'inherit' });
    if (status !== 0) console.log('0 passed, 1 failed');
    process.exitCode = status === 0 ? 0 : 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

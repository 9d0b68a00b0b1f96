import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { binOf, root } from '../setup/command.mjs';
import { packageFolders } from '../setup/stamp.mjs';

/** Packages whose examples run in browsers too. */
const WITH_DOM = ['packages/client', 'packages/page'];

/** Compiles every TypeScript block of every package's README, each as a module of its own. @returns {string[]} faults */
export function compileReadmeExamples() {
  const folders = ['.', ...packageFolders()];
  return folders.flatMap((folder) => {
    const blocks = blocksOf(readFileSync(join(root, folder, 'README.md'), 'utf8'));
    return blocks.length === 0 ? [] : compile(folder === '.' ? 'packages/cli' : folder, folder, blocks);
  });
}

/** @returns {{line: number, code: string}[]} */
export function blocksOf(markdown) {
  return [...markdown.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```$/gm)].map(({ index, 1: code }) => ({
    line: markdown.slice(0, index).split('\n').length + 1,
    code,
  }));
}

/** In the package's own folder: its examples see what whoever installs it sees. */
function compile(place, folder, blocks) {
  const scratch = join(root, place, 'node_modules/.readme');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  try {
    const lib = WITH_DOM.includes(place) ? ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.AsyncIterable'] : ['ES2023'];
    const compilerOptions = {
      target: 'ES2023',
      lib,
      types: ['node'],
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      moduleDetection: 'force',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    };
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    writeFileSync(join(scratch, 'package.json'), '{"type":"module"}');
    // An example imports its own package by name, as those who install it do.
    const { name } = JSON.parse(readFileSync(join(root, place, 'package.json'), 'utf8'));
    mkdirSync(dirname(join(scratch, 'node_modules', name)), { recursive: true });
    symlinkSync(join(root, place), join(scratch, 'node_modules', name), 'dir');
    for (const { line, code } of blocks) writeFileSync(join(scratch, `line-${line}.ts`), code);
    const { status, stdout, stderr } = spawnSync(process.execPath, [binOf('typescript', 'tsc'), '-p', scratch], {
      cwd: scratch,
      encoding: 'utf8',
    });
    if (status === 0) return [];
    const readme = `${folder === '.' ? '' : `${folder}/`}README.md`;
    return `${stdout}${stderr}`
      .trim()
      .split('\n')
      .map((fault) => `${readme}: ${fault}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

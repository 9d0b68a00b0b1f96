import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { binOf, root } from '../setup/command.mjs';
import { packageFolders } from '../setup/stamp.mjs';

/** Packages whose examples run in browsers too. */
const WITH_DOM = ['packages/client', 'packages/page'];
/** Where the examples of the README at the top are compiled: in the package that they import. */
const COMMAND = 'packages/cli';

/** Compiles every TypeScript block of every README, each as a module of its own. @returns {string[]} faults */
export function compileReadmeExamples() {
  const scratches = ['.', ...packageFolders()].flatMap(writeExamples);
  try {
    return [true, false].flatMap((dom) => compile(scratches.filter((scratch) => scratch.dom === dom)));
  } finally {
    for (const { path } of scratches) rmSync(path, { recursive: true, force: true });
  }
}

/** @returns {{line: number, code: string}[]} */
export function blocksOf(markdown) {
  return [...markdown.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```$/gm)].map(({ index, 1: code }) => ({
    line: markdown.slice(0, index).split('\n').length + 1,
    code,
  }));
}

/** Within the package's own folder: its examples see what those who install it see. */
function writeExamples(folder) {
  const blocks = blocksOf(readFileSync(join(root, folder, 'README.md'), 'utf8'));
  if (blocks.length === 0) return [];
  const place = folder === '.' ? COMMAND : folder;
  const path = join(root, place, `node_modules/.readme-${folder === '.' ? 'top' : 'package'}`);
  const { name } = JSON.parse(readFileSync(join(root, place, 'package.json'), 'utf8'));
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(join(path, 'node_modules', name)), { recursive: true });
  writeFileSync(join(path, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, place), join(path, 'node_modules', name), 'dir');
  for (const { line, code } of blocks) writeFileSync(join(path, `line-${line}.ts`), code);
  return [{ path, dom: WITH_DOM.includes(place) }];
}

function compile(scratches) {
  if (scratches.length === 0) return [];
  const dom = scratches[0].dom ? ['DOM', 'DOM.AsyncIterable'] : [];
  const compilerOptions = {
    target: 'ES2023',
    lib: ['ES2023', ...dom],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    moduleDetection: 'force',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  const project = join(scratches[0].path, 'tsconfig.json');
  writeFileSync(project, JSON.stringify({ compilerOptions, include: scratches.map(({ path }) => `${path}/*.ts`) }));
  const tsc = [binOf('typescript', 'tsc'), '--project', project, '--pretty', 'false'];
  const { status, stdout, stderr } = spawnSync(process.execPath, tsc, { cwd: root, encoding: 'utf8' });
  if (status === 0) return [];
  return `${stdout}${stderr}`
    .trim()
    .split('\n')
    .map((fault) => `a README's example: ${fault}`);
}

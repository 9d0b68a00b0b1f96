import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from '../setup/command.mjs';
import { packageFolders, sourcesIn } from '../setup/stamp.mjs';
import { findCopies } from './copies.mjs';
import { findUndocumentedExports } from './doc-comments.mjs';
import { findLongCells } from './markdown-cells.mjs';
import { compileReadmeExamples } from './readme-examples.mjs';
import { measureWays } from './ways.mjs';
import { findBannedWords } from './words.mjs';

const TEXT = /\.(ts|tsx|mjs|md|yml)$/;
const TEST = /\.(test|fixture)\.|\.test\.helper\./;

/** What the linter does not know: the project's words, its single mechanisms, its docs. @returns the exit code */
export async function checkRules() {
  const folders = ['packages', 'docs', 'tools', 'bench', 'examples', '.github'];
  const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];
  const paths = [...folders.flatMap(sourcesIn).filter((path) => TEXT.test(path)), ...pages];
  const files = paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const production = files.filter(({ path }) => /^packages\/[\w-]+\/src\/.*\.tsx?$/.test(path) && !TEST.test(path));
  const lines = production.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);

  const ways = await measureWays();
  const faults = [
    ...findBannedWords(files),
    ...findCopies(production),
    ...findLongCells(files),
    ...packageFolders().flatMap(entriesOf).flatMap(findUndocumentedExports),
    ...compileReadmeExamples(),
    ...ways.faults,
  ];
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  for (const line of ways.report) say(line);
  say(`${production.length} production files, ${lines} lines; ${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

function entriesOf(folder) {
  const { exports, private: isPrivate } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  if (isPrivate) return [];
  return Object.values(exports)
    .map(({ types }) => types && join(root, folder, types))
    .filter((path) => path && existsSync(path));
}

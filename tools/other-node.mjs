/**
 * Runs the test suite under another release of Node: `node tools/other-node.mjs 22 [FILES...]`, files as ava takes them.
 * The release comes as a package from the npm registry, into .build/.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const [major, ...files] = process.argv.slice(2);
if (!/^\d+$/.test(major ?? '')) {
  console.error('usage: node tools/other-node.mjs MAJOR [FILES...], e.g. 22');
  process.exit(2);
}

const name = `node-${process.platform}-${process.arch}`;
const home = path.join(root, '.build', `node-${major}`);
const node = path.join(home, 'node_modules', name, 'bin', 'node');
if (!existsSync(node)) {
  mkdirSync(home, { recursive: true });
  execFileSync('npm', ['install', '--silent', '--no-save', '--prefix', home, `${name}@${major}`], { stdio: 'inherit' });
}
console.log(`Node ${execFileSync(node, ['--version']).toString().trim()}`);

const ava = path.join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
const { status } = spawnSync(node, [ava, ...files], { cwd: root, env, stdio: 'inherit' });
process.exitCode = status ?? 1;

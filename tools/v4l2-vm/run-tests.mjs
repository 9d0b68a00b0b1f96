// Runs inside the VM: all packages/*/vm/*.vm.test.mjs, or those whose path contains one of the arguments, one file
// after the other in the same boot. Prints a line per test and ends with `N passed, N failed`.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { insideVm } from './rig.mjs';

if (!insideVm) {
  console.error('run-tests.mjs: only inside the VM: use test.sh');
  process.exit(2);
}
const root = fileURLToPath(new URL('../..', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name, 'vm'))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.vm.test.mjs'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`run-tests.mjs: no test's path contains ${wanted.join(' or ')}`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
/** Names of the tests under way, the outermost first. */
const path = [];
for await (const { type, data } of run({ files, concurrency: 1 })) {
  if (type === 'test:stdout') process.stdout.write(data.message);
  if (type === 'test:stderr') process.stderr.write(data.message);
  if (type === 'test:start') path.splice(data.nesting, path.length, data.name);
  if (data.details?.type === 'suite') continue;
  if (type === 'test:pass') {
    passed += 1;
    const skipped = data.skip === undefined ? '' : ' # SKIP';
    console.log(`ok ${nameOf(data)} (${Math.round(data.details.duration_ms)} ms)${skipped}`);
  }
  if (type === 'test:fail') {
    failed += 1;
    const { error } = data.details;
    console.log(`not ok ${nameOf(data)}\n${(error.cause?.stack ?? error.stack ?? error.message).replace(/^/gm, '  ')}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed >= files.length ? 0 : 1;

function nameOf({ file, nesting, name }) {
  // A file that fails as a whole is a test of that name.
  const names = file === name ? [] : [...path.slice(0, nesting), name];
  return [relative(root, file), ...names].join(': ');
}

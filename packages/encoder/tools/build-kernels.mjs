#!/usr/bin/env node
// Compiles assembly/ to dist/kernels.wasm, unless that is newer than everything it is made of.
import { mkdir, readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = 'dist/kernels.wasm';

const modifiedAt = async (path) => (await stat(`${root}/${path}`)).mtimeMs;
const sources = (await readdir(`${root}/assembly`)).map((name) => `assembly/${name}`);
const newest = Math.max(...(await Promise.all([...sources, 'tools/build-kernels.mjs'].map(modifiedAt))));
const built = await modifiedAt(target).catch(() => 0);

if (built < newest) {
  await mkdir(`${root}/dist`, { recursive: true });
  // The compiler takes a second to load: only when there is something to compile.
  const { default: asc } = await import('assemblyscript/asc');
  const options = ['--baseDir', root, '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--enable', 'simd'];
  const { error, stderr } = await asc.main(['assembly/index.ts', '--outFile', target, ...options]);
  if (error) {
    process.stderr.write(stderr.toString());
    process.exitCode = 1;
  }
}

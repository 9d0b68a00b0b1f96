import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * Makes what browsers get: bundles of the page and of the scripts for pages of others, each plain and compressed, once,
 * so that nobody has to compress anything when it is asked for. Needs what tsc makes of @framehub/client.
 */
const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const source = (path) => join(folder, 'src', path);
const out = join(folder, 'dist', 'assets');
/** Whoever starts meanwhile finds all of the old files or all of the new ones. */
const unfinished = `${out}.unfinished`;

const { outputFiles } = await build({
  entryPoints: [
    { in: source('app/main.tsx'), out: 'page' },
    { in: source('styles/page.css'), out: 'page' },
    { in: source('framehub-view.ts'), out: 'framehub-view' },
    { in: source('framehub-client.ts'), out: 'framehub-client' },
  ],
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'safari16.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  outdir: unfinished,
  write: false,
});

rmSync(unfinished, { recursive: true, force: true });
mkdirSync(unfinished, { recursive: true });
const files = [
  ...outputFiles.map(({ path, contents }) => [path, contents]),
  ...['index.html', 'icon.svg'].map((name) => [join(unfinished, name), readFileSync(source(name))]),
];
for (const [path, contents] of files) {
  writeFileSync(path, contents);
  writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length };
  writeFileSync(`${path}.br`, brotliCompressSync(contents, { params }));
}
rmSync(out, { recursive: true, force: true });
renameSync(unfinished, out);

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binOf, outputOf, root, runStep, SetupError } from './command.mjs';
import { changeFingerprint, filesIn, packageFolders, Stamp } from './stamp.mjs';

const KERNELS = 'packages/encoder/tools/build-kernels.mjs';
const PAGE = 'packages/page/tools/build.mjs';
const PAGE_SCRIPT = 'packages/page/dist/assets/page.js';
const COMMAND = 'packages/cli/dist/main.js';
const SCHEMA = 'packages/cli/dist/framehub.schema.json';

/** Compiles what is not compiled yet: the pixel kernels, the TypeScript, the page, the schema of the configuration. */
export async function ensureBuilt({ force = false } = {}) {
  const sources = packageFolders().flatMap((folder) => [
    `${folder}/src`,
    `${folder}/kernels`,
    `${folder}/tools`,
    `${folder}/tsconfig.json`,
  ]);
  const wanted = changeFingerprint([...sources, 'tsconfig.json', 'tsconfig.base.json']);
  const stamp = new Stamp('built');
  const outputs = [...packageFolders().map((folder) => `${folder}/dist/index.js`), PAGE_SCRIPT, COMMAND, SCHEMA];
  if (!force && stamp.is(wanted) && outputs.every((path) => existsSync(join(root, path)))) return;

  removeOrphans();
  if (existsSync(join(root, KERNELS))) await runStep('building the pixel kernels', process.execPath, [KERNELS]);
  await runStep('compiling', process.execPath, [binOf('typescript', 'tsc'), '-b']);
  await runStep('building the page', process.execPath, [PAGE]);
  await writeSchema();
  stamp.write(wanted);
}

/** Outputs whose source is gone would still be imported, and run as tests. */
function removeOrphans() {
  for (const folder of packageFolders()) {
    const sources = new Set(filesIn(`${folder}/src`).map((path) => path.replace(/\.tsx?$/, '')));
    for (const path of filesIn(`${folder}/dist`)) {
      const source = path.replace('/dist/', '/src/').replace(/(\.d\.ts|\.js)(\.map)?$/, '');
      if (source !== path.replace('/dist/', '/src/') && !sources.has(source)) rmSync(join(root, path));
    }
  }
}

async function writeSchema() {
  const schema = await outputOf(process.execPath, [COMMAND, 'config', 'schema']);
  if (schema === undefined) throw new SetupError(`'framehub config schema' failed: run node ${COMMAND} config schema`);
  writeFileSync(join(root, SCHEMA), `${schema}\n`);
}

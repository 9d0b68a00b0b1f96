import { checkRules } from '../rules/run.mjs';
import { binOf, outputOf, runThrough, say } from './command.mjs';
import { changeFingerprint, Stamp, sourcesIn } from './stamp.mjs';

/** Checks lint, format and the project's own rules. The types were checked when it was compiled. Returns the exit code. */
export async function check() {
  const codes = [await checkWithBiome(), await checkRulesOnce()];
  return Math.max(...codes);
}

async function checkWithBiome() {
  const biome = binOf('@biomejs/biome');
  if ((await outputOf(process.execPath, [biome, '--version'])) === undefined) {
    say(`skipped: lint and format are not checked, Biome has no program for ${process.platform} on ${process.arch}`);
    return 0;
  }
  return runThrough(process.execPath, [biome, 'check', '--error-on-warnings']);
}

/** They take half a minute, so not again for files that have passed. */
async function checkRulesOnce() {
  const stamp = new Stamp('checked');
  const folders = ['packages', 'docs', 'tools', 'bench', 'examples', '.github', 'README.md', 'ARCHITECTURE.md'];
  const files = changeFingerprint(folders.flatMap(sourcesIn));
  if (stamp.is(files)) return 0;
  const code = await checkRules();
  if (code === 0) stamp.write(files);
  return code;
}

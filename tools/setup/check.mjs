import { binOf, outputOf, runThrough, say } from './command.mjs';

/** Lints and checks the format. The types were checked when it was compiled. Returns the exit code. */
export async function check() {
  const biome = binOf('@biomejs/biome');
  if ((await outputOf(process.execPath, [biome, '--version'])) === undefined) {
    say(`skipped: lint and format are not checked, Biome has no program for ${process.platform} on ${process.arch}`);
    return 0;
  }
  return runThrough(process.execPath, [biome, 'check', '--error-on-warnings']);
}

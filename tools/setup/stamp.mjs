import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './command.mjs';

/** Remembers, in node_modules, the inputs of a step that was done, so that it is not done again for the same ones. */
export class Stamp {
  #path;

  constructor(name) {
    this.#path = join(root, 'node_modules', `.framehub-${name}`);
  }

  is(fingerprint) {
    return existsSync(this.#path) && readFileSync(this.#path, 'utf8') === fingerprint;
  }

  write(fingerprint) {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, fingerprint);
  }
}

/** A hash of the contents of some files, and of anything else that matters. */
export function contentFingerprint(paths, ...others) {
  const hash = createHash('sha256').update(JSON.stringify(others));
  for (const path of paths) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

/** A hash of the names, sizes and times of change of all files in some folders (or of single files): fast, for many. */
export function changeFingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesIn).sort()) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** The files in a folder and below, as paths from the root; a file gives itself, what does not exist nothing. */
export function filesIn(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full).flatMap((name) => filesIn(`${path}/${name}`));
}

const GENERATED = ['node_modules', 'dist', '.build', '.cache'];

/** As {@link filesIn}, without what is installed, built or downloaded. */
export function sourcesIn(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  const names = readdirSync(full).filter((name) => !GENERATED.includes(name));
  return names.flatMap((name) => sourcesIn(`${path}/${name}`));
}

/** The folders in packages/, as paths from the root. */
export function packageFolders() {
  return readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    .filter((path) => existsSync(join(root, path, 'package.json')));
}

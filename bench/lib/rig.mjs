import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../rig/', import.meta.url));
const built = fileURLToPath(new URL('../.build/', import.meta.url));

/** Where the built rig's parts are. */
export const rig = {
  directory: built,
  camera: join(built, 'fakev4l2.so'),
  load: join(built, 'mjpegload'),
  clock: join(built, 'clock'),
  unplugged: join(built, 'unplugged'),
};

const needs = [
  { name: 'gcc', debian: 'gcc libc6-dev', check: () => runs('gcc', ['--version']) },
  { name: "libturbojpeg's header", debian: 'libturbojpeg0-dev', check: () => includes('turbojpeg.h') },
  { name: 'ffmpeg', debian: 'ffmpeg', check: () => runs('ffmpeg', ['-version']) },
];

const runs = (command, args, input) => spawnSync(command, args, { input, stdio: 'pipe' }).status === 0;
const includes = (header) => runs('gcc', ['-E', '-x', 'c', '-'], `#include <stdio.h>\n#include <${header}>\n`);

/** Builds the rig where it is out of date; throws an Error that says what is missing and how to get it. */
export function buildRig() {
  if (process.platform !== 'linux') throw new Error('the bench needs Linux: its camera stands in for a V4L2 one');
  const missing = needs.filter((need) => !need.check());
  if (missing.length) {
    const packages = missing.map((need) => need.debian).join(' ');
    throw new Error(
      `missing: ${missing.map((n) => n.name).join(', ')}. On Debian or Ubuntu: apt-get install ${packages}`,
    );
  }
  run(join(sources, 'build.sh'), [built]);
}

/** The folder of frames for a camera; made once. MJPG has more, since slow viewers see old ones and the index wraps. */
export function frames({ format, width, height }) {
  const folder = join(built, 'frames', `${format}-${width}x${height}`);
  const script = join(sources, 'frames.sh');
  if (existsSync(folder) && statSync(folder).mtimeMs > statSync(script).mtimeMs) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  run(script, [format.toLowerCase(), width, height, format === 'MJPG' ? 256 : 64, unfinished]);
  renameSync(unfinished, folder);
  return folder;
}

function run(command, args) {
  const result = spawnSync(command, args.map(String), { encoding: 'utf8' });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${result.stderr}`);
}

import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { FramehubError, type Logger } from '@framehub/frame';
import type Koffi from 'koffi';
import type { CodecChoice } from '../messages.js';
import { openTurboLibrary } from './turbo-library.js';

/** The codec that was found. `description` is human-readable. */
export interface FoundCodec {
  readonly choice: CodecChoice;
  readonly description: string;
}

export interface CodecSearch {
  readonly codec: 'auto' | 'turbo' | 'portable';
  /** Path of a libturbojpeg to try before all others. */
  readonly library: string | undefined;
  readonly logger: Logger;
}

type ImportKoffi = () => Promise<{ default: typeof Koffi }>;

const require = createRequire(import.meta.url);

/**
 * Finds libjpeg-turbo 3.1 or newer: the configured file, npm's for this platform, or the system's. Otherwise, or if
 * requested, the portable codec is used. Logs the choice.
 *
 * @throws FramehubError `ENCODER_CODEC_MISSING` if turbo is required and not found
 */
export async function findCodec(
  { codec, library, logger }: CodecSearch,
  importKoffi: ImportKoffi = () => import('koffi'),
): Promise<FoundCodec> {
  const found = codec === 'portable' ? undefined : await findTurbo(library, logger, importKoffi);
  if (found) {
    logger.info({ ...found.choice }, `JPEG codec: ${found.description}`);
    return found;
  }
  if (codec === 'turbo')
    throw new FramehubError(
      'ENCODER_CODEC_MISSING',
      'libjpeg-turbo 3.1 or newer was not found: install the optional packages koffi and @julusian/jpeg-turbo, or set the path of a libturbojpeg file',
      { library },
    );
  const { version } = require('jpeg-js/package.json') as { version: string };
  const description = `jpeg-js ${version} (portable, slow)`;
  logger.warn({ name: 'portable' }, `JPEG codec: ${description}: about 27 times slower than libjpeg-turbo 3`);
  return { choice: { name: 'portable' }, description };
}

async function findTurbo(library: string | undefined, logger: Logger, importKoffi: ImportKoffi) {
  const koffi = await importKoffi().then(
    (module) => module.default,
    (error: unknown) =>
      logger.warn({ reason: String(error) }, 'koffi cannot be loaded, so libjpeg-turbo cannot be used'),
  );
  if (!koffi) return undefined;
  for (const path of await candidates(library)) {
    try {
      openTurboLibrary(koffi, path);
      return { choice: { name: 'turbo', path }, description: await describe(path) } as const;
    } catch (error) {
      // The configured file deserves a warning; the others are guesses.
      const level = path === library ? 'warn' : 'info';
      logger[level]({ path, reason: reasonOf(error) }, `${path} is not a usable libjpeg-turbo`);
    }
  }
  return undefined;
}

/** A library before 3.1 can be opened, but lacks functions that start with tj3. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /'tj3/.test(message) ? 'older than libjpeg-turbo 3.1' : message;
}

async function candidates(library: string | undefined): Promise<string[]> {
  return [...(library === undefined ? [] : [library]), ...(await packaged()), ...(SYSTEM[process.platform] ?? [])];
}

const SYSTEM: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['libturbojpeg.so.0'],
  darwin: [
    '/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.0.dylib',
    '/usr/local/opt/jpeg-turbo/lib/libturbojpeg.0.dylib',
  ],
  win32: ['turbojpeg.dll'],
};

/**
 * The shared libraries in @julusian/jpeg-turbo; nothing else of that package is loaded. There is one for each C library:
 * the wrong one cannot be opened, which is more reliable than detecting the C library.
 */
async function packaged(): Promise<string[]> {
  const root = packageRoot();
  if (!root) return [];
  const files = [
    `jpeg-turbo-${process.platform}-${process.arch}`,
    `jpeg-turbo-${process.platform}-${process.arch}-musl`,
  ].map((name) => join(root, 'prebuilds', name, 'libturbojpeg.so.0'));
  const present = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, i) => present[i]);
}

function packageRoot(): string | undefined {
  try {
    return dirname(require.resolve('@julusian/jpeg-turbo/package.json'));
  } catch {
    // An optional dependency that is not installed.
    return undefined;
  }
}

/** The library has no function for its version, but contains it as text. */
async function describe(path: string): Promise<string> {
  const content = isAbsolute(path) ? await readFile(path, 'latin1') : '';
  const version = /libjpeg-turbo version (\d+\.\d+\.\d+)/.exec(content)?.[1];
  return version ? `libjpeg-turbo ${version}` : `libjpeg-turbo 3 (${path})`;
}

import { createRequire } from 'node:module';
import type Koffi from 'koffi';

/** Milliseconds that are left to what ends by itself. */
const GRACE_MS = 100;

/** Ends the process when nothing is left to do, and in a moment in any case: no thread and no library's timer keeps it. */
export function endProcessSoon(): void {
  process.once('beforeExit', () => endProcess());
  setTimeout(() => endProcess(), GRACE_MS).unref();
}

/**
 * Ends the process at once, as the kernel does it. process.exit() waits for each thread to come back from native code,
 * which may be long: a driver that hangs, an encode that takes long.
 */
export function endProcess(code = Number(process.exitCode ?? 0)): never {
  try {
    process.emit('exit', code);
  } finally {
    exitNow(code);
  }
}

function exitNow(code: number): never {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
    const library = koffi.load(process.platform === 'win32' ? 'ucrtbase.dll' : null);
    library.func('_exit', 'void', ['int'])(code);
  } catch {
    // Without koffi there is no native code of ours, and every thread can be ended.
  }
  process.exit(code);
}

import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Abi } from './abi/layout.js';
import { V4l2Error } from './error.js';

type Koffi = typeof import('koffi');

/** What to map: the arguments of `mmap` after its address. */
export interface MapOptions {
  /** Bytes. */
  readonly length: number;
  readonly protection: number;
  readonly flags: number;
  readonly fd: number;
  /** Bytes. */
  readonly offset: number;
}

/** The functions of the C library that V4L2 needs. On failure they return -1 and set `errno()`. */
export interface Libc {
  readonly abi: Abi;
  open(path: string, flags: number, mode: number): number;
  close(fd: number): number;
  /** @param memory borrowed for the call */
  ioctl(fd: number, code: number, memory: Uint8Array): number;
  /** @param memory borrowed for the call: a `pollfd` */
  poll(memory: Uint8Array, count: number, timeoutMs: number): number;
  /** Returns the address, or undefined on failure. */
  mmap(options: MapOptions): bigint | undefined;
  munmap(address: bigint, length: number): number;
  /** The errno of this thread's last call. */
  errno(): number;
  /** Valid while the memory is referenced. */
  addressOf(memory: Uint8Array): bigint;
  /** Borrowed: reading it after `munmap` crashes the process. */
  view(address: bigint, length: number): ArrayBuffer;
}

let loaded: Libc | undefined;

/**
 * Loads libc on first use, so that this package can be imported anywhere.
 * Throws V4l2Error `ENOSYS` where Video4Linux is not available.
 */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  if (process.platform !== 'linux') throw unavailable(`Video4Linux needs Linux, not ${process.platform}`);
  const koffi = loadKoffi();
  const { library, offsetType } = loadLibrary(koffi);
  const pointerSize = koffi.sizeof('void *') as Abi['pointerSize'];
  const int64Alignment = koffi.alignof('int64_t') as Abi['int64Alignment'];
  const failedMap = (1n << BigInt(8 * pointerSize)) - 1n;
  const map = library.func('mmap', 'void *', ['void *', 'size_t', 'int', 'int', 'int', offsetType]);
  return {
    abi: { pointerSize, int64Alignment },
    open: library.func('open', 'int', ['str', 'int', 'int']),
    close: library.func('close', 'int', ['int']),
    ioctl: library.func('ioctl', 'int', ['int', 'ulong', 'void *']),
    poll: library.func('poll', 'int', ['void *', 'ulong', 'int']),
    mmap: ({ length, protection, flags, fd, offset }) => {
      const address: bigint = map(null, length, protection, flags, fd, offset);
      return address === failedMap ? undefined : address;
    },
    munmap: library.func('munmap', 'int', ['void *', 'size_t']),
    errno: () => koffi.errno(),
    addressOf: (memory) => koffi.address(memory),
    view: (address, length) => koffi.view(address, length),
  };
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi');
  } catch (error) {
    throw unavailable(`koffi, the binding to the C library, does not load on linux-${process.arch}: ${String(error)}`);
  }
}

/** @returns the library, and the C type of the file offsets of its `mmap` */
function loadLibrary(koffi: Koffi): { library: ReturnType<Koffi['load']>; offsetType: string } {
  try {
    return { library: koffi.load('libc.so.6'), offsetType: 'long' };
  } catch (error) {
    const musl = readdirSync('/lib').find((name) => /^libc\.musl-.*\.so\.1$/.test(name));
    if (!musl) throw unavailable(`no C library found: ${String(error)}`);
    return { library: koffi.load(musl), offsetType: 'int64_t' };
  }
}

function unavailable(message: string): V4l2Error {
  return new V4l2Error(message, { code: 'ENOSYS', errno: 0, syscall: 'open', path: '' });
}

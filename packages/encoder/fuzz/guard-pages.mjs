import { createRequire } from 'node:module';

const PAGE = 4096;
const PROT = { NONE: 0, READ: 1, WRITE: 2 };
const MAP = { PRIVATE: 2, ANONYMOUS: 0x20 };

/**
 * Lends memory that ends where no memory is: whoever reads or writes one byte behind it gets SIGSEGV. Each role has one
 * region, which lasts. Linux only.
 */
export function guardPages(koffi) {
  const libc = koffi.load(null);
  const mmap = libc.func('void *mmap(void *at, size_t length, int protection, int flags, int file, long offset)');
  const mprotect = libc.func('int mprotect(void *at, size_t length, int protection)');
  const regions = new Map();

  const regionFor = (role, length) => {
    const known = regions.get(role);
    if (known && known.length >= length) return known;
    const bytes = Math.ceil(Math.max(length, 1 << 20) / PAGE) * PAGE;
    const at = mmap(null, bytes + PAGE, PROT.READ | PROT.WRITE, MAP.PRIVATE | MAP.ANONYMOUS, -1, 0);
    const region = new Uint8Array(koffi.view(at, bytes));
    if (mprotect(koffi.address(at) + BigInt(bytes), PAGE, PROT.NONE) !== 0) throw new Error('mprotect failed');
    regions.set(role, region);
    return region;
  };
  return (role, length) => {
    const region = regionFor(role, length);
    return region.subarray(region.length - length);
  };
}

/** koffi, from the package that depends on it. */
export function loadKoffi() {
  return createRequire(new URL('../package.json', import.meta.url))('koffi');
}

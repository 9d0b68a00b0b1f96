import type { SizeCell, TurboLibrary } from './turbo-library.js';

/** Lends memory of just this many bytes, whose neighbours are watched. Valid until the same role is lent again. */
export type LendMemory = (role: string, length: number) => Uint8Array;

/**
 * A libturbojpeg that is given copies of all buffers, in memory whose neighbours are watched, so that a byte read or
 * written beside a buffer is noticed.
 *
 * @param done called after each call that was given buffers
 */
export function guardedLibrary(library: TurboLibrary, lend: LendMemory, done: (call: string) => void): TurboLibrary {
  const copyOf = (role: string, bytes: Uint8Array, length = bytes.length): Uint8Array => {
    const copy = lend(role, length);
    copy.set(bytes.subarray(0, length));
    return copy;
  };
  const copiesOf = (planes: readonly Uint8Array[]) => planes.map((plane, i) => copyOf(`plane ${i}`, plane));
  /** Runs a call that writes a JPEG, of which it says how long it is, into other memory than `target`. */
  const writing = (target: Uint8Array, size: SizeCell, call: (output: readonly [Uint8Array]) => number): number => {
    const output = lend('output', size[0]);
    const code = call([output]);
    target.set(output.subarray(0, size[0]));
    return code;
  };
  const after = <T>(name: string, result: T): T => {
    done(name);
    return result;
  };
  return {
    ...library,
    tj3DecompressHeader: (handle, jpeg, length) =>
      after('tj3DecompressHeader', library.tj3DecompressHeader(handle, copyOf('jpeg', jpeg, length), length)),
    tj3DecompressToYUVPlanes8(handle, jpeg, length, planes, strides) {
      const copies = copiesOf(planes);
      const source = copyOf('jpeg', jpeg, length);
      const code = library.tj3DecompressToYUVPlanes8(handle, source, length, copies, strides);
      for (const [i, copy] of copies.entries()) planes[i]?.set(copy);
      return after('tj3DecompressToYUVPlanes8', code);
    },
    tj3Decompress8(handle, jpeg, length, pixels, pitch, order) {
      const copy = copyOf('pixels', pixels);
      const code = library.tj3Decompress8(handle, copyOf('jpeg', jpeg, length), length, copy, pitch, order);
      pixels.set(copy);
      return after('tj3Decompress8', code);
    },
    tj3CompressFromYUVPlanes8(handle, planes, width, strides, height, [target], size) {
      const copies = copiesOf(planes);
      const code = writing(target, size, (output) =>
        library.tj3CompressFromYUVPlanes8(handle, copies, width, strides, height, output, size),
      );
      return after('tj3CompressFromYUVPlanes8', code);
    },
    tj3Compress8(handle, pixels, width, pitch, height, order, [target], size) {
      const copy = copyOf('pixels', pixels);
      const code = writing(target, size, (output) =>
        library.tj3Compress8(handle, copy, width, pitch, height, order, output, size),
      );
      return after('tj3Compress8', code);
    },
    tj3Transform(handle, jpeg, length, count, [target], size, transforms) {
      const source = copyOf('jpeg', jpeg, length);
      const code = writing(target, size, (output) =>
        library.tj3Transform(handle, source, length, count, output, size, transforms),
      );
      return after('tj3Transform', code);
    },
  };
}

const CANARY = 0xa5;
const MARGIN = 65_536;

/** Memory between canaries: says which buffers of the last call were written beside. Reading beside them goes unseen. */
export class CanaryMemory {
  readonly #lent = new Map<string, { readonly memory: Uint8Array; readonly length: number }>();

  readonly lend: LendMemory = (role, length) => {
    const memory = new Uint8Array(length + 2 * MARGIN).fill(CANARY);
    this.#lent.set(role, { memory, length });
    return memory.subarray(MARGIN, MARGIN + length);
  };

  /** The roles of the buffers that were overrun. Forgets them all. */
  overruns(): string[] {
    const isTouched = (bytes: Uint8Array): boolean => bytes.some((byte) => byte !== CANARY);
    const touched = [...this.#lent].filter(
      ([, { memory, length }]) => isTouched(memory.subarray(0, MARGIN)) || isTouched(memory.subarray(MARGIN + length)),
    );
    this.#lent.clear();
    return touched.map(([role]) => role);
  }
}

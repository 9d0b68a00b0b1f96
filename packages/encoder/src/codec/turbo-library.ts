import type { default as Koffi, LibraryHandle } from 'koffi';

/** An opaque pointer, as koffi gives it. */
export type Handle = NonNullable<unknown>;

/** The values of turbojpeg.h 3.x that are used here, under their names without prefix. */
export const Init = { COMPRESS: 0, DECOMPRESS: 1, TRANSFORM: 2 } as const;
export const Param = {
  NOREALLOC: 2,
  QUALITY: 3,
  SUBSAMP: 4,
  JPEGWIDTH: 5,
  JPEGHEIGHT: 6,
  PRECISION: 7,
  COLORSPACE: 8,
  SCANLIMIT: 13,
  ARITHMETIC: 14,
  LOSSLESS: 15,
  MAXMEMORY: 23,
  MAXPIXELS: 24,
  SAVEMARKERS: 25,
} as const;
export const Subsamp = { S444: 0, S422: 1, S420: 2, GRAY: 3, S440: 4, S411: 5, S441: 6 } as const;
export const ColorSpace = { RGB: 0, YCBCR: 1, GRAY: 2 } as const;
export const PixelOrder = { RGB: 0, BGR: 1 } as const;
export const TransformOption = { PERFECT: 1, COPYNONE: 64 } as const;
export const TransformOp = {
  NONE: 0,
  HFLIP: 1,
  VFLIP: 2,
  TRANSPOSE: 3,
  TRANSVERSE: 4,
  ROT90: 5,
  ROT180: 6,
  ROT270: 7,
} as const;

export interface Transform {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly op: number;
  readonly options: number;
  readonly data: null;
  readonly customFilter: null;
}

/** A size that the library reads and overwrites. */
export type SizeCell = [number];

/**
 * libturbojpeg's functions, under their C names. Those that return an int return 0 for success. Every argument is
 * borrowed for the length of the call.
 */
export interface TurboLibrary {
  tj3Init(initType: number): Handle | null;
  tj3Destroy(handle: Handle): void;
  tj3GetErrorStr(handle: Handle): string;
  tj3Set(handle: Handle, param: number, value: number): number;
  tj3Get(handle: Handle, param: number): number;
  /** Bytes; 0 for an error, as with the two below. */
  tj3JPEGBufSize(width: number, height: number, subsamp: number): number;
  tj3YUVPlaneSize(component: number, width: number, stride: number, height: number, subsamp: number): number;
  /** Of the JPEG whose header the handle has read. */
  tj3TransformBufSize(handle: Handle, transform: readonly [Transform]): number;
  tj3DecompressHeader(handle: Handle, jpeg: Uint8Array, length: number): number;
  tj3SetScalingFactor(handle: Handle, factor: { num: number; denom: number }): number;
  tj3DecompressToYUVPlanes8(
    handle: Handle,
    jpeg: Uint8Array,
    length: number,
    planes: readonly Uint8Array[],
    strides: readonly number[],
  ): number;
  tj3Decompress8(
    handle: Handle,
    jpeg: Uint8Array,
    length: number,
    pixels: Uint8Array,
    pitch: number,
    pixelOrder: number,
  ): number;
  tj3CompressFromYUVPlanes8(
    handle: Handle,
    planes: readonly Uint8Array[],
    width: number,
    strides: readonly number[],
    height: number,
    jpeg: readonly [Uint8Array],
    length: SizeCell,
  ): number;
  tj3Compress8(
    handle: Handle,
    pixels: Uint8Array,
    width: number,
    pitch: number,
    height: number,
    pixelOrder: number,
    jpeg: readonly [Uint8Array],
    length: SizeCell,
  ): number;
  tj3Transform(
    handle: Handle,
    jpeg: Uint8Array,
    length: number,
    count: number,
    results: readonly [Uint8Array],
    lengths: SizeCell,
    transforms: readonly Transform[],
  ): number;
}

/**
 * Opens a libturbojpeg and binds its functions. Versions before 3.0 have no functions that start with tj3, and before 3.1
 * no tj3TransformBufSize: those write past the end of an output buffer of given size (ChangeLog of 3.0.90, 7).
 *
 * @throws koffi's error if the file cannot be loaded or lacks a function
 */
export function openTurboLibrary(koffi: typeof Koffi, path: string): TurboLibrary {
  const library = koffi.load(path);
  const handle = 'void *';
  const jpeg = ['const uint8_t *', 'size_t'];
  const planes = 'const uint8_t **';
  const strides = 'const int *';
  const written = ['uint8_t **', koffi.inout(koffi.pointer('size_t'))];
  const factor = koffi.struct({ num: 'int', denom: 'int' });
  const region = { x: 'int', y: 'int', w: 'int', h: 'int' };
  const transform = koffi.struct({ ...region, op: 'int', options: 'int', data: 'void *', customFilter: 'void *' });
  const bind = binder(library);
  return {
    tj3Init: bind('tj3Init', handle, ['int']),
    tj3Destroy: bind('tj3Destroy', 'void', [handle]),
    tj3GetErrorStr: bind('tj3GetErrorStr', 'const char *', [handle]),
    tj3Set: bind('tj3Set', 'int', [handle, 'int', 'int']),
    tj3Get: bind('tj3Get', 'int', [handle, 'int']),
    tj3JPEGBufSize: bind('tj3JPEGBufSize', 'size_t', ['int', 'int', 'int']),
    tj3YUVPlaneSize: bind('tj3YUVPlaneSize', 'size_t', ['int', 'int', 'int', 'int', 'int']),
    tj3TransformBufSize: bind('tj3TransformBufSize', 'size_t', [handle, koffi.pointer(transform)]),
    tj3DecompressHeader: bind('tj3DecompressHeader', 'int', [handle, ...jpeg]),
    tj3SetScalingFactor: bind('tj3SetScalingFactor', 'int', [handle, factor]),
    tj3DecompressToYUVPlanes8: bind('tj3DecompressToYUVPlanes8', 'int', [handle, ...jpeg, 'uint8_t **', strides]),
    tj3Decompress8: bind('tj3Decompress8', 'int', [handle, ...jpeg, 'uint8_t *', 'int', 'int']),
    tj3CompressFromYUVPlanes8: bind('tj3CompressFromYUVPlanes8', 'int', [
      handle,
      planes,
      'int',
      strides,
      'int',
      ...written,
    ]),
    tj3Compress8: bind('tj3Compress8', 'int', [handle, 'const uint8_t *', 'int', 'int', 'int', 'int', ...written]),
    tj3Transform: bind('tj3Transform', 'int', [handle, ...jpeg, 'int', ...written, koffi.pointer(transform)]),
  };
}

/** koffi does not export it; it is the fourth argument of the longest form of `func`. */
type ParameterTypes = Parameters<LibraryHandle['func']>[3];

/** koffi's functions accept and return anything; their types are in {@link TurboLibrary}, from turbojpeg.h. */
function binder(library: LibraryHandle) {
  return (name: string, result: string, parameters: ParameterTypes) => library.func(name, result, parameters);
}

/** How the memory layout of C differs between the machines that V4L2 runs on. */
export interface Abi {
  /** Size in bytes of a pointer, and on Linux of a `long`, too. */
  readonly pointerSize: 4 | 8;
  /** Alignment of 64-bit integers: 4 on i386, 8 on all others. */
  readonly int64Alignment: 4 | 8;
}

export type ScalarName = 'u8' | 'u16' | 'u32' | 's32' | 's64' | 'u64' | 'long' | 'ulong' | 'pointer';
export type Fields = Readonly<Record<string, Type>>;

export interface Scalar<N extends ScalarName = ScalarName> {
  readonly kind: 'scalar';
  readonly name: N;
}
/** A `char` array: text up to a NUL or the end of the array. */
export interface Text {
  readonly kind: 'text';
  readonly length: number;
}
export interface List<T extends Type = Type> {
  readonly kind: 'list';
  readonly of: T;
  readonly length: number;
}
export interface Struct<F extends Fields = Fields> {
  readonly kind: 'struct';
  readonly fields: F;
  readonly packed: boolean;
}
export interface Union<F extends Fields = Fields> {
  readonly kind: 'union';
  readonly fields: F;
}
export type Type = Scalar | Text | List | Struct | Union;

const scalar = <N extends ScalarName>(name: N): Scalar<N> => ({ kind: 'scalar', name });
export const u8 = scalar('u8');
export const u16 = scalar('u16');
export const u32 = scalar('u32');
export const s32 = scalar('s32');
export const s64 = scalar('s64');
export const u64 = scalar('u64');
export const long = scalar('long');
export const ulong = scalar('ulong');
export const pointer = scalar('pointer');

export const text = (length: number): Text => ({ kind: 'text', length });
export const list = <T extends Type>(of: T, length: number): List<T> => ({ kind: 'list', of, length });
/** A field called `anonymous` is a member without a name in C. */
export const struct = <F extends Fields>(fields: F): Struct<F> => ({ kind: 'struct', fields, packed: false });
/** A struct with `__attribute__((packed))`. */
export const packed = <F extends Fields>(fields: F): Struct<F> => ({ kind: 'struct', fields, packed: true });
export const union = <F extends Fields>(fields: F): Union<F> => ({ kind: 'union', fields });

/** In bytes. */
export interface Extent {
  readonly size: number;
  readonly alignment: number;
}

/** Size and alignment of a type, as a C compiler for this ABI computes them. */
export function extentOf(type: Type, abi: Abi): Extent {
  switch (type.kind) {
    case 'scalar':
      return scalarExtent(type.name, abi);
    case 'text':
      return { size: type.length, alignment: 1 };
    case 'list': {
      const { size, alignment } = extentOf(type.of, abi);
      return { size: size * type.length, alignment };
    }
    case 'struct':
    case 'union':
      return placeFields(type, abi);
  }
}

/** The extent of a struct or union together with the offset of each of its fields. */
export function placeFields(
  type: Struct | Union,
  abi: Abi,
): Extent & { readonly offsets: ReadonlyMap<string, number> } {
  const offsets = new Map<string, number>();
  let end = 0;
  let widest = 1;
  for (const [name, field] of Object.entries(type.fields)) {
    const extent = extentOf(field, abi);
    const alignment = type.kind === 'struct' && type.packed ? 1 : extent.alignment;
    const offset = type.kind === 'union' ? 0 : roundUp(end, alignment);
    offsets.set(name, offset);
    end = Math.max(end, offset + extent.size);
    widest = Math.max(widest, alignment);
  }
  return { size: roundUp(end, widest), alignment: widest, offsets };
}

/** In bytes. The others have the size of a pointer. */
const SCALAR_SIZES: Readonly<Partial<Record<ScalarName, number>>> = { u8: 1, u16: 2, u32: 4, s32: 4, s64: 8, u64: 8 };

function scalarExtent(name: ScalarName, { pointerSize, int64Alignment }: Abi): Extent {
  const size = SCALAR_SIZES[name] ?? pointerSize;
  return { size, alignment: size === 8 ? int64Alignment : size };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** One ioctl: its name, its number and the struct that it takes. */
export interface Request<T extends Struct | Union = Struct | Union> {
  /** As in linux/videodev2.h. */
  readonly name: string;
  /** `_IOC_WRITE` (1), `_IOC_READ` (2) or both, from the program's side. */
  readonly direction: 1 | 2 | 3;
  readonly number: number;
  readonly type: T;
}

const requestIn =
  (direction: 1 | 2 | 3) =>
  <T extends Struct | Union>(name: string, number: number, type: T): Request<T> => ({ name, direction, number, type });

/** `_IOW('V', number, type)` */
export const iow = requestIn(1);
/** `_IOR('V', number, type)` */
export const ior = requestIn(2);
/** `_IOWR('V', number, type)` */
export const iowr = requestIn(3);

/** The request code, which holds the size of the struct (asm-generic/ioctl.h: x86, ARM, RISC-V and most others). */
export function codeOf(request: Request, abi: Abi): number {
  const { size } = extentOf(request.type, abi);
  return ((request.direction << 30) | (size << 16) | ('V'.charCodeAt(0) << 8) | request.number) >>> 0;
}

import { endianness } from 'node:os';
import {
  type Abi,
  extentOf,
  type Fields,
  type List,
  placeFields,
  type Scalar,
  type Struct,
  s32,
  type Text,
  type Type,
  type Union,
  u64,
} from './layout.js';

/** The JavaScript side of a C type: structs and unions are objects whose properties read and write the memory. */
export type ValueOf<T extends Type> =
  T extends Scalar<'s64' | 'u64' | 'ulong' | 'pointer'>
    ? bigint
    : T extends Scalar
      ? number
      : T extends Text
        ? string
        : T extends List<infer U>
          ? { [index: number]: ValueOf<U> }
          : T extends Struct<infer F> | Union<infer F>
            ? ObjectOf<F>
            : never;
type ObjectOf<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends Scalar ? K : never]: ValueOf<F[K]>;
} & { readonly [K in keyof F as F[K] extends Scalar ? never : K]: ValueOf<F[K]> };

/** Memory that holds one C struct, for the kernel to read and write. */
export interface Cell<T extends Struct | Union> {
  /** The struct as C sees it. It never moves: its address is valid while the cell is referenced. */
  readonly memory: Uint8Array<ArrayBuffer>;
  /** The struct as JavaScript sees it: reads and writes `memory`, allocates nothing. */
  readonly fields: ValueOf<T>;
  /** Fills the memory with zeros: V4L2 requires that of unused fields. */
  clear(): void;
}

/** Allocates a zeroed cell. */
export function allocate<T extends Struct | Union>(type: T, abi: Abi): Cell<T> {
  const memory = new Uint8Array(new ArrayBuffer(extentOf(type, abi).size));
  const fields = objectFor(type, { data: new DataView(memory.buffer), abi }, 0) as ValueOf<T>;
  return { memory, fields, clear: () => memory.fill(0) };
}

interface Place {
  readonly data: DataView;
  readonly abi: Abi;
}

function objectFor(type: Struct | Union, place: Place, base: number): object {
  const { offsets } = placeFields(type, place.abi);
  const properties = Object.entries(type.fields).map(
    ([name, field]) => [name, propertyFor(field, place, base + (offsets.get(name) as number))] as const,
  );
  return Object.defineProperties({}, Object.fromEntries(properties));
}

function propertyFor(type: Type, place: Place, offset: number): PropertyDescriptor {
  switch (type.kind) {
    case 'scalar':
      return { enumerable: true, ...scalarAccess(type, place, offset) };
    case 'text':
      return { enumerable: true, get: () => readText(place.data, offset, type.length) };
    case 'list':
      return { enumerable: true, value: listFor(type, place, offset) };
    case 'struct':
    case 'union':
      return { enumerable: true, value: objectFor(type, place, offset) };
  }
}

function listFor(type: List, place: Place, base: number): object {
  const { size } = extentOf(type.of, place.abi);
  const elements = Array.from({ length: type.length }, (_, i) => propertyFor(type.of, place, base + i * size));
  return Object.defineProperties({}, Object.fromEntries(elements.entries()));
}

const LITTLE = endianness() === 'LE';

function scalarAccess(
  type: Scalar,
  { data, abi }: Place,
  at: number,
): { get(): number | bigint; set(value: never): void } {
  switch (type.name) {
    case 'u8':
      return { get: () => data.getUint8(at), set: (value: number) => data.setUint8(at, value) };
    case 'u16':
      return { get: () => data.getUint16(at, LITTLE), set: (value: number) => data.setUint16(at, value, LITTLE) };
    case 'u32':
      return { get: () => data.getUint32(at, LITTLE), set: (value: number) => data.setUint32(at, value, LITTLE) };
    case 's32':
      return { get: () => data.getInt32(at, LITTLE), set: (value: number) => data.setInt32(at, value, LITTLE) };
    case 's64':
      return { get: () => data.getBigInt64(at, LITTLE), set: (value: bigint) => data.setBigInt64(at, value, LITTLE) };
    case 'u64':
      return { get: () => data.getBigUint64(at, LITTLE), set: (value: bigint) => data.setBigUint64(at, value, LITTLE) };
    case 'long':
      if (abi.pointerSize === 4) return scalarAccess(s32, { data, abi }, at);
      return {
        get: () => Number(data.getBigInt64(at, LITTLE)),
        set: (value: number) => data.setBigInt64(at, BigInt(value), LITTLE),
      };
    case 'ulong':
    case 'pointer':
      if (abi.pointerSize === 8) return scalarAccess(u64, { data, abi }, at);
      return {
        get: () => BigInt(data.getUint32(at, LITTLE)),
        set: (value: bigint) => data.setUint32(at, Number(value), LITTLE),
      };
  }
}

function readText(data: DataView, offset: number, length: number): string {
  const bytes = new Uint8Array(data.buffer, offset, length);
  const end = bytes.indexOf(0);
  return Buffer.from(data.buffer, offset, end < 0 ? length : end).toString('utf8');
}

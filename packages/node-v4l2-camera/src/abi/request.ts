import { type Abi, extentOf, type Struct, type Union } from './layout.js';

/** One ioctl: its name, its number and the struct it takes. */
export interface Request<T extends Struct | Union = Struct | Union> {
  /** As in linux/videodev2.h. */
  readonly name: string;
  /** `_IOC_WRITE` (1), `_IOC_READ` (2) or both, seen from the program. */
  readonly direction: 1 | 2 | 3;
  readonly number: number;
  readonly type: T;
}

const request =
  (direction: 1 | 2 | 3) =>
  <T extends Struct | Union>(name: string, number: number, type: T): Request<T> => ({ name, direction, number, type });

/** `_IOW('V', number, type)` */
export const iow = request(1);
/** `_IOR('V', number, type)` */
export const ior = request(2);
/** `_IOWR('V', number, type)` */
export const iowr = request(3);

/** The request code, which holds the size of the struct (asm-generic/ioctl.h: x86, ARM, RISC-V and most others). */
export function codeOf(request: Request, abi: Abi): number {
  const { size } = extentOf(request.type, abi);
  return ((request.direction << 30) | (size << 16) | ('V'.charCodeAt(0) << 8) | request.number) >>> 0;
}

export { planesFromRgb } from './rgb';
export { scale, weigh } from './scale';
export { copyLines, mirror, transpose } from './turn';
export { deinterleave, level, unpack422 } from './unpack';

/** Where free memory starts: behind whatever the compiler put into it. */
export function heapBase(): usize {
  return __heap_base;
}

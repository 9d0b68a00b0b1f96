import type { ControlValue } from '../control.js';

/** JSON's numbers are read as doubles: a value that is not exact as such is told in digits. */
export function jsonValue(value: ControlValue): number | string {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

import { maskedText } from '@framehub/frame';

/** A value as it may stand in a message: short, on one line, and without what an address may hide. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const masked = maskedText(text).replace(/[\s\p{C}]+/gu, ' ');
  if (masked === '') return "''";
  return masked.length > 60 ? `${masked.slice(0, 60)}…` : masked;
}

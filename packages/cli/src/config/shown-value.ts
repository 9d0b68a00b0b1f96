/** A value as it may stand in a message: short, on one line, and without the password of an address. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const masked = text.replace(/^(.*?\/\/|\w+:|).*@/s, '$1…@').replace(/[\s\p{C}]+/gu, ' ');
  if (masked === '') return "''";
  return masked.length > 60 ? `${masked.slice(0, 60)}…` : masked;
}

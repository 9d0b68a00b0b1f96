/**
 * Whether a name is one that every object has: `constructor`, `toString`, `__proto__` … A thing that is kept by such a name
 * would be dropped or mistaken for another somewhere between here and a browser.
 */
export function isReservedName(name: string): boolean {
  return name in Object.prototype;
}

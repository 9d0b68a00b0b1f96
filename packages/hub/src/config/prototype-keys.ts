type Path = readonly PropertyKey[];

/**
 * The paths of all objects that have a key `__proto__`, which a check of the known keys may pass over. One that was written
 * into a program's source is no key any more, but what the object inherits from.
 */
export function withPrototypeKey(value: unknown): Path[] {
  const found: Path[] = [];
  const seen = new Set<object>();
  const look = (inner: unknown, path: Path): void => {
    if (typeof inner !== 'object' || inner === null || seen.has(inner)) return;
    seen.add(inner);
    if (Object.hasOwn(inner, '__proto__') || inheritsFromLiteral(inner)) found.push(path);
    for (const [key, part] of Object.entries(inner)) look(part, [...path, key]);
  };
  look(value, []);
  return found;
}

function inheritsFromLiteral(value: object): boolean {
  const inherited: unknown = Object.getPrototypeOf(value);
  return typeof inherited === 'object' && inherited !== null && !Object.hasOwn(inherited, 'constructor');
}

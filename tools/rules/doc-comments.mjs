import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Exports of a package that have no doc comment of their own, as its compiled declarations show them.
 *
 * @param {string} declarations path of an entry's .d.ts @returns {string[]}
 */
export function findUndocumentedExports(declarations) {
  const missing = [];
  for (const [name, path] of exportsOf(declarations)) {
    const text = readFileSync(path, 'utf8');
    if (text.includes(`@packageDocumentation`)) continue;
    const declaration = new RegExp(
      `^export (?:declare )?(?:abstract )?(?:class|interface|type|function|const|namespace) ${name}\\b`,
      'm',
    );
    const at = text.search(declaration);
    if (at < 0) missing.push(`${path}: ${name} is exported, but not declared where its module says`);
    else if (!/\*\/\s*$/.test(text.slice(0, at))) missing.push(`${path}: ${name} has no doc comment`);
  }
  return missing;
}

/** Each exported name with the file that declares it. */
function exportsOf(path) {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)].flatMap(([, names, from]) => {
    if (!from.startsWith('.')) return [];
    const target = join(dirname(path), from.replace(/\.js$/, '.d.ts'));
    if (!existsSync(target)) return [];
    const nested = new Map(exportsOf(target));
    return names
      .split(',')
      .map((name) =>
        name
          .trim()
          .replace(/^type /, '')
          .split(' as ')[0]
          .trim(),
      )
      .filter(Boolean)
      .map((name) => [name, nested.get(name) ?? target]);
  });
}

import { maskedText, recordOf } from '@framehub/frame';
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';

/** A parsed configuration file that knows where each value stands. */
export interface ConfigText {
  /** Faults of the syntax, each beginning with `LINE:COLUMN: `. */
  readonly problems: readonly string[];
  readonly value: unknown;
  /** The place of the value at a path, or of the nearest thing around it that is written down: `LINE:COLUMN`. */
  placeOf(path: readonly PropertyKey[], key?: string): string;
}

/** Parses YAML, of which JSON is a part. */
export function parseConfigText(text: string): ConfigText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const problems = document.errors.map(({ code, pos, message }) => {
    const what = code === 'MULTIPLE_DOCS' ? 'a second document begins: one file is one configuration' : message;
    // The parser may repeat what it stumbled over.
    return `${place(pos[0])}: ${maskedText(what.replace(/\s+/g, ' '))}`;
  });
  let value: unknown;
  try {
    if (problems.length === 0) value = document.toJS();
  } catch (error) {
    // An alias of nothing, or of too much: found only when values are put together.
    problems.push(`${place(aliasOffset(document))}: ${recordOf(error).message}`);
  }
  return {
    problems,
    value,
    placeOf(path, key) {
      let node: Node | null = document.contents;
      for (const part of path) {
        const inner: unknown = isCollection(node) ? node.get(part, true) : undefined;
        if (!isNode(inner)) break;
        node = resolved(inner, document);
      }
      return place((key === undefined ? undefined : keyNode(node, key, document)?.range?.[0]) ?? node?.range?.[0] ?? 0);
    },
  };
}

/** Where the alias is that stands for nothing, or else the first one. */
function aliasOffset(document: Document): number {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, node) => void aliases.push(node) });
  const [firstAlias] = aliases;
  const alias = aliases.find((candidate) => !candidate.resolve(document)) ?? firstAlias;
  return alias?.range?.[0] ?? 0;
}

/** Where a key is written, in the map itself or in one that is merged into it. */
function keyNode(node: Node | null, key: string, document: Document): Node | undefined {
  if (isSeq(node)) return first(node.items, (item) => keyNode(resolved(item, document), key, document));
  if (!isMap(node)) return undefined;
  const named = (name: string) =>
    node.items.filter((item) => {
      const own = resolved(item.key, document);
      return isScalar(own) && String(own.value) === name;
    });
  const [pair] = named(key);
  if (isNode(pair?.key)) return pair.key;
  return first(named('<<'), (merge) => keyNode(resolved(merge.value, document), key, document));
}

/** What an alias stands for. */
function resolved(node: unknown, document: Document): Node | null {
  if (isAlias(node)) return node.resolve(document) ?? null;
  return isNode(node) ? node : null;
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

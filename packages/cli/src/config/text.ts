import { recordOf } from '@framehub/frame';
import {
  type Alias,
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
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
    return `${place(pos[0])}: ${what.replace(/\s+/g, ' ')}`;
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
        node = inner;
      }
      return place((key === undefined ? undefined : keyNode(node, key)?.range?.[0]) ?? node?.range?.[0] ?? 0);
    },
  };
}

/** Where the alias is that stands for nothing, or else the first one. */
function aliasOffset(document: Document): number {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  const [first] = aliases;
  const alias = aliases.find((candidate) => !candidate.resolve(document)) ?? first;
  return alias?.range?.[0] ?? 0;
}

function keyNode(map: Node | null, key: string): Node | undefined {
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
  return isNode(pair?.key) ? pair.key : undefined;
}

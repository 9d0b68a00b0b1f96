interface Node {
  readonly next: Map<string, Node>;
  /** A filter ends here. */
  isEnd: boolean;
}

/** Topic filters, asked all at once whether one of them matches a topic: costs the levels of the topic, not the filters. */
export class Filters {
  readonly #root: Node = { next: new Map(), isEnd: false };

  constructor(filters: Iterable<string>) {
    for (const filter of filters) {
      let node = this.#root;
      for (const level of filter.split('/')) {
        const next = node.next.get(level) ?? { next: new Map(), isEnd: false };
        node.next.set(level, next);
        node = next;
      }
      node.isEnd = true;
    }
  }

  /** Wildcards match no topic that begins with `$` (MQTT 3.1.1, section 4.7.2). */
  match(topic: string): boolean {
    return matches(this.#root, topic.split('/'), 0, topic.startsWith('$'));
  }
}

function matches(node: Node, levels: readonly string[], at: number, isReserved: boolean): boolean {
  // `a/#` matches `a` too.
  if (!isReserved && node.next.get('#')?.isEnd) return true;
  const level = levels[at];
  if (level === undefined) return node.isEnd;
  return [level, ...(isReserved ? [] : ['+'])].some((name) => {
    const next = node.next.get(name);
    return next !== undefined && matches(next, levels, at + 1, false);
  });
}

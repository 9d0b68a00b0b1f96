const MAX_CELL_LENGTH = 120;

/** Cells of Markdown tables that are too long to read as a table. @param {readonly {path: string, text: string}[]} files */
export function findLongCells(files) {
  return files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        if (!line.startsWith('|')) return [];
        const longest = Math.max(...line.split(/(?<!\\)\|/).map((cell) => cell.trim().length));
        return longest > MAX_CELL_LENGTH
          ? [
              `${path}:${index + 1}: a cell of ${longest} characters: at most ${MAX_CELL_LENGTH}, or make it a paragraph`,
            ]
          : [];
      }),
    );
}

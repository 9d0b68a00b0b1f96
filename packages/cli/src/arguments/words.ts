/** A word of a command line or an option file, and where it stands: `usb.config:3`, or nothing for the command line. */
export interface Word {
  readonly text: string;
  readonly place: string;
}

/**
 * Splits the text of an option file into words as a shell does: blanks separate, quotes join, a backslash takes the
 * next character as it is. A `#` that begins a word begins a comment to the end of the line; usbStream's option `-#`
 * is a word like others.
 * @throws RangeError beginning with the place, for a quote that is not closed
 */
export function splitWords(text: string, file: string): Word[] {
  const words: Word[] = [];
  // In this order: a comment, a word made of quoted, escaped and plain parts, what is left of a broken one, a line's end.
  const pattern = /#[^\n]*|(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+|["'\\]|\n/gs;
  let line = 1;
  for (const [match] of text.matchAll(pattern)) {
    const place = `${file}:${line}`;
    if (match === '"' || match === "'") throw new RangeError(`${place}: the quote ${match} is not closed`);
    if (match === '\\') throw new RangeError(`${place}: the file ends with a backslash`);
    if (!match.startsWith('#') && match !== '\n') words.push({ text: unquote(match), place });
    line += match.split('\n').length - 1;
  }
  return words;
}

function unquote(word: string): string {
  return word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs, (_, double, single, escaped) => {
    if (double !== undefined) return double.replace(/\\(["\\])/g, '$1');
    return single ?? escaped;
  });
}

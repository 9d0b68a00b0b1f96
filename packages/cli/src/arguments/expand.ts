import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { FramehubError, maskedText } from '@framehub/frame';
import { fileProblem } from '@framehub/hub/config';
import { didYouMean } from '@framehub/settings';
import type { Command, Option } from 'commander';
import { usageError } from '../errors.js';
import { optionFlag } from './usbstream.js';

/**
 * Spells a command's options as its parser reads them: one dash becomes two (`-port 8090`), and an option file's options
 * follow `--file NAME` in place, so that the later of two contradicting options wins. Every option and value is checked
 * here, because only here the file and line of each are known.
 *
 * @throws FramehubError `CLI_USAGE`
 */
export function expandArguments(command: Command, texts: readonly string[]): string[] {
  return expand(
    command,
    texts.map((text) => ({ text, place: '' })),
    [],
  );
}

/** @param files the option files that are being read: each names the next */
function expand(command: Command, words: readonly Word[], files: readonly string[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Word;
    if (!/^-./.test(word.text))
      throw located(word, usageError(`'${maskedText(word.text)}' is not an option: options begin with a dash`));
    const { flag, inline } = splitFlag(word.text);
    const option = optionOf(command, flag);
    if (!option) {
      if (!isHelp(flag) || files.length > 0) throw located(word, unknownOption(command, word.text));
      result.push(flag);
      continue;
    }
    if (!option.required) {
      if (inline !== undefined) throw located(word, usageError(`${flagText(word.text)} takes no value`));
      result.push(flag);
      continue;
    }
    const value = inline ?? words[++i]?.text;
    // In `-logfile -verbose` a value was forgotten. One that looks like an option is written `-logfile=-verbose`.
    const forgotten = value === undefined || (inline === undefined && optionOf(command, splitFlag(value).flag));
    if (forgotten) throw located(word, usageError(`${word.text} needs a value: ${option.description}`));
    result.push(flag, checked(option, value, word));
    if (option.long === '--file') result.push(...expandFile(command, value, word, files));
  }
  return result;
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => long === flag || short === flag);
}

function splitFlag(text: string): { flag: string; inline: string | undefined } {
  const [, name = text, inline] = /^(-[^=]+)=(.*)$/s.exec(text) ?? [];
  return { flag: optionFlag(name), inline };
}

function checked(option: Option, value: string, word: Word): string {
  try {
    option.parseArg?.(value, undefined);
  } catch (error) {
    throw error instanceof FramehubError ? located(word, error) : error;
  }
  return value;
}

function expandFile(command: Command, name: string, word: Word, files: readonly string[]): string[] {
  const file = isAbsolute(name) ? name : join(dirname(files.at(-1) ?? '.'), name);
  if (files.includes(file)) throw located(word, usageError(`the option file ${file} names itself`));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw located(word, usageError(`the option file ${file} cannot be read: ${fileProblem(error)}`, { file }));
  }
  try {
    return expand(command, splitWords(text.replace(/^\uFEFF/, ''), file), [...files, file]);
  } catch (error) {
    throw error instanceof RangeError ? usageError(error.message, { file }) : error;
  }
}

function unknownOption(command: Command, text: string): FramehubError {
  const known = command.options.map((option) => option.long?.slice(2) ?? '');
  const dashes = text.startsWith('--') ? '--' : '-';
  const hint = didYouMean(flagText(text).replace(/^-+/, ''), known, dashes);
  return usageError(`there is no option ${flagText(text)}${hint || `: see 'framehub --help'`}`);
}

const flagText = (text: string): string => maskedText(text.replace(/=.*$/s, ''));

const isHelp = (flag: string): boolean => flag === '-h' || flag === '--help';

function located({ place }: Word, error: FramehubError): FramehubError {
  return place === ''
    ? error
    : new FramehubError(error.code, `${place}: ${error.message}`, { ...error.details, place });
}

/** A word of a command line or an option file, and where it stands: `usb.config:3`, empty for the command line. */
export interface Word {
  readonly text: string;
  readonly place: string;
}

/**
 * Splits the text of an option file into words as a shell does: blanks separate, quotes join, a backslash escapes the
 * next character. A `#` that begins a word begins a comment to the end of the line; usbStream's option `-#` is a word.
 *
 * @throws RangeError beginning with the place, for a quote that is not closed
 */
export function splitWords(text: string, file: string): Word[] {
  const words: Word[] = [];
  // In this order: a comment, a word made of quoted, escaped and plain parts, a part that is not closed, a line's end.
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

import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { FramehubError, maskedText } from '@framehub/frame';
import { fileProblem } from '@framehub/hub/config';
import { didYouMean } from '@framehub/settings';
import type { Command, Option } from 'commander';
import { usageError } from '../errors.js';
import { splitWords, type Word } from './words.js';

/**
 * Spells a command's options as its parser wants them: one dash becomes two (`-port 8090`), and an option file's
 * options follow `--file NAME` where it stands, so that of two that contradict each other the later one counts.
 * Every option and value is checked on the way, because only here it is known which line of which file it is from.
 * @throws `CLI_USAGE`
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
      if (inline !== undefined) throw located(word, usageError(`${named(word.text)} takes no value`));
      result.push(flag);
      continue;
    }
    const value = inline ?? words[++i]?.text;
    // In `-logfile -verbose` a value was forgotten; one that looks like an option is written `-logfile=-verbose`.
    const forgotten = value === undefined || (inline === undefined && optionOf(command, splitFlag(value).flag));
    if (forgotten) throw located(word, usageError(`${word.text} needs a value: ${option.description}`));
    result.push(EARLIER_NAMES[flag] ?? flag, checked(option, value, word));
    if (option.long === '--file') result.push(...expandFile(command, value, word, files));
  }
  return result;
}

/** Options that had another name, which usbStream's files use. */
const EARLIER_NAMES: Readonly<Record<string, string>> = { '--framerate': '--fps' };

function optionOf(command: Command, given: string): Option | undefined {
  const flag = EARLIER_NAMES[given] ?? given;
  return command.options.find(({ long, short }) => long === flag || short === flag);
}

function splitFlag(text: string): { flag: string; inline: string | undefined } {
  const [, name = text, inline] = /^(-[^=]+)=(.*)$/s.exec(text) ?? [];
  // Short options stay as they are: `-o`, and usbStream's `-#`.
  return { flag: name.replace(/^-(?=[^-].)/, '--'), inline };
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
  const hint = didYouMean(named(text).replace(/^-+/, ''), known, dashes);
  return usageError(`there is no option ${named(text)}${hint || `: 'framehub --help' lists those there are`}`);
}

const named = (text: string): string => maskedText(text.replace(/=.*$/s, ''));

const isHelp = (flag: string): boolean => flag === '-h' || flag === '--help';

function located({ place }: Word, error: FramehubError): FramehubError {
  return place === ''
    ? error
    : new FramehubError(error.code, `${place}: ${error.message}`, { ...error.details, place });
}

#!/usr/bin/env node
/**
 * Checks commit messages: the file that the commit-msg hook names, or with `--range A..B` every commit of a range.
 * A subject is conventional (`feat(http): …`), imperative and at most 72 characters long.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const TYPES = ['build', 'bench', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test'];
const MAX_SUBJECT_LENGTH = 72;
const SUBJECT = new RegExp(`^(${TYPES.join('|')})(\\([a-z0-9-]+(,[a-z0-9-]+)*\\))?!?: (.+)$`);
/** Written by git itself. */
const GENERATED = /^(Merge|Revert|fixup!|squash!) /;
/** Third person, past tense and -ing forms of the verbs that subjects begin with. */
const NOT_IMPERATIVE = /^(add|fix|remove|change|update|use|move|make|rename|keep|let|show|test|replace)(s|ed|d|ing)\b/i;

/** @returns {string[]} what is wrong with a message, empty when it is fine */
export function faultsOf(message) {
  const [subject = '', second = ''] = message.split('\n');
  if (GENERATED.test(subject)) return [];
  const faults = [];
  const description = SUBJECT.exec(subject)?.[4];
  if (description === undefined)
    faults.push(`the subject must be "type(scope): what", with a type of ${TYPES.join(', ')}`);
  if (subject.length > MAX_SUBJECT_LENGTH)
    faults.push(`the subject must have at most ${MAX_SUBJECT_LENGTH} characters, not ${subject.length}`);
  if (subject.endsWith('.')) faults.push('the subject must not end with a full stop');
  if (description && NOT_IMPERATIVE.test(description))
    faults.push('the subject must be imperative: "add", not "added"');
  if (second !== '') faults.push('the second line must be empty');
  return faults;
}

function messagesOf([first, range]) {
  if (first !== '--range') return [readFileSync(first, 'utf8').replace(/^#.*\n?/gm, '')];
  const log = execFileSync('git', ['log', '--format=%B%x00', range], { encoding: 'utf8' });
  return log
    .split('\0')
    .map((text) => text.trim())
    .filter(Boolean);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const message of messagesOf(process.argv.slice(2))) {
    for (const fault of faultsOf(message)) {
      process.stderr.write(`${message.split('\n')[0]}\n  ${fault}\n`);
      process.exitCode = 1;
    }
  }
}

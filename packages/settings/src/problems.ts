import { FramehubError, listOf, maskedText, mustBe, shownValue } from '@framehub/frame';
import type { z } from 'zod';

/** Options of reading a value. */
export interface ReadOptions {
  /** Names the whole value, where no key of it is at fault: `options`, `the message`. @default 'the value' */
  readonly what?: string;
  /** Keys whose values, and all within them, never stand in a message. @default ['password'] */
  readonly secret?: readonly string[];
}

/** One fault of a value. */
export interface Problem {
  /** Where: the keys from the whole value down. */
  readonly path: readonly PropertyKey[];
  /** The key at `path` that is at fault itself, because it is unknown or not allowed as a name. */
  readonly badKey: string | undefined;
  /** The keys from the whole value down, as text: `http.port`; `what` for the whole value. */
  readonly key: string;
  /** What is allowed: `a whole number from 0 to 65535`. */
  readonly allowed: string;
  /** One line: `http.port must be a whole number from 0 to 65535, not 99999`. */
  readonly message: string;
}

/** The value that was read, or every problem of it. */
export type ReadResult<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly problems: readonly [Problem, ...Problem[]] };

/**
 * Reads a value with a schema, and reports every fault in framehub's words.
 *
 * @param schema zod's; its error texts are noun phrases that name what is allowed
 */
export function safeParseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
  options: ReadOptions = {},
): ReadResult<z.output<S>> {
  const read = schema.safeParse(value, { error: allowedText });
  if (read.success) return read;
  const problems = read.error.issues.flatMap((issue) => problemsOf(issue, value, options));
  return { success: false, problems: problems as [Problem, ...Problem[]] };
}

/**
 * Reads a value with a schema.
 *
 * @param options `code` is the code of the error
 * @throws FramehubError with the first fault as its message; its details are `key` and `allowed`
 * @example
 * const schema = z.strictObject({ port: port().default(8090) });
 * parseWith(schema, { port: 99999 }, { code: 'HTTP_INVALID_OPTION', what: 'options' });
 * // HTTP_INVALID_OPTION: port must be a whole number from 0 to 65535, not 99999
 */
export function parseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
  { code, ...options }: ReadOptions & { readonly code: string },
): z.output<S> {
  const read = safeParseWith(schema, value, options);
  if (read.success) return read.data;
  const [{ key, allowed, message }] = read.problems;
  throw new FramehubError(code, message, { key, allowed });
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, value: unknown, options: ReadOptions): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((badKey) => {
      const key = keyText([...path, badKey]);
      const known = issue.message.split(', ').filter((name) => name !== '');
      const hint = didYouMean(badKey, known) || (known.length > 0 ? `: the keys are ${issue.message}` : '');
      return { path, badKey, key, allowed: issue.message, message: `unknown key ${shownValue(key)}${hint}` };
    });
  const key = keyText(path) || (options.what ?? 'the value');
  const problem = { path, badKey: undefined, key, allowed: issue.message };
  if (issue.code === 'custom' && issue.params?.isSentence)
    return [{ ...problem, message: path.length > 0 ? `${key}: ${issue.message}` : issue.message }];
  if (issue.code === 'invalid_key') {
    const allowed = issue.issues[0]?.message ?? issue.message;
    const [around, badKey] = [path.slice(0, -1), String(path.at(-1))];
    const message = mustBe(`a name in ${keyText(around) || (options.what ?? 'the value')}`, allowed, badKey);
    return [{ ...problem, path: around, badKey, allowed, message }];
  }
  const found = valueAt(value, path);
  const inner = issue.code === 'invalid_union' && isRecord(found) && innerIssues(issue);
  if (inner) return inner.flatMap((part) => problemsOf({ ...part, path: [...path, ...part.path] }, value, options));
  return [{ ...problem, message: valueText({ key, allowed: issue.message, path, found }, options.secret) }];
}

interface BadValue extends Pick<Problem, 'key' | 'allowed' | 'path'> {
  readonly found: unknown;
}

function valueText({ key, allowed, path, found }: BadValue, secret: readonly string[] = ['password']): string {
  if (found === undefined) return `${key} is missing: it must be ${allowed}`;
  if (path.some((part) => secret.includes(String(part)))) return `${key} must be ${allowed}`;
  // A text that could be taken for a number or the like is put in quotes.
  if (typeof found === 'string' && /^(-?[\d.]+|true|false|null)$/.test(found))
    return mustBe(key, allowed, `"${found}"`);
  const hidden = (name: string, inner: unknown) => (secret.includes(name) ? '…' : jsonable(inner));
  return mustBe(key, allowed, isRecord(found) ? JSON.stringify(found, hidden) : found);
}

const jsonable = (value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** Of a union, the issues of the form that has the keys of the value. */
function innerIssues({ errors }: z.core.$ZodIssueInvalidUnion): Issue[] | undefined {
  return errors.find((issues) => issues.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'));
}

/** What is allowed, where the schema has no text of its own for it. */
function allowedText(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return typeText(issue.expected, issue.inst);
    case 'unrecognized_keys':
      return keysOf(issue.inst).join(', ');
    case 'invalid_value':
      return listOf(issue.values.map(String));
    case 'invalid_union':
      return issue.discriminator === undefined ? undefined : 'one of the known values';
    case 'too_small':
      return issue.origin === 'string' ? 'a text that is not empty' : `at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' ? `a text of at most ${issue.maximum} characters` : `at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

function typeText(expected: string, schema: unknown): string {
  switch (expected) {
    case 'int':
      return 'a whole number';
    case 'string':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
    case 'record': {
      const keys = keysOf(schema);
      return keys.length > 0 ? `an object with keys such as ${listOf(keys.slice(0, 3))}` : 'an object';
    }
    default:
      return `a ${expected}`;
  }
}

/** The keys of an object's schema. */
function keysOf(schema: unknown): string[] {
  const { shape = {} } = (schema as Partial<z.ZodObject> | undefined) ?? {};
  return Object.keys(shape);
}

/** Names of keys are a user's texts, too, and may hold addresses. */
const keyText = (path: readonly PropertyKey[]): string => path.map((key) => maskedText(String(key))).join('.');

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[String(key)] : undefined),
    value,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** `: did you mean port?`, or nothing when no candidate is near. @param prefix of the candidate: `--` */
export function didYouMean(word: string, candidates: readonly string[], prefix = ''): string {
  const typed = word.toLowerCase();
  const limit = Math.max(1, Math.floor(typed.length / 3));
  const [nearest] = candidates
    .map((candidate) => ({ candidate, edits: editDistance(typed, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits);
  return nearest ? `: did you mean ${prefix}${nearest.candidate}?` : '';
}

/** Letters to insert, delete, replace or swap with their neighbour: the optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped));
    }
  }
  return at(a.length, b.length);
}

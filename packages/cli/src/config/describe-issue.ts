import { maskedText } from '@framehub/frame';
import type { z } from 'zod';
import { didYouMean } from '../suggest.js';
import { configJsonSchema } from './schema.js';
import { shownValue } from './shown-value.js';
import type { ConfigText } from './text.js';

type Issue = z.core.$ZodIssue;

/**
 * What is wrong with a configuration, as lines `LINE:COLUMN: key: value … allowed is …`.
 * @param placeOf absent for a configuration that is written nowhere
 */
export function describeIssue(issue: Issue, value: unknown, placeOf: ConfigText['placeOf'] | undefined): string[] {
  const { path } = issue;
  const place = (path: readonly PropertyKey[], key?: string) => (placeOf ? `${placeOf(path, key)}: ` : '');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path);
    return issue.keys.map((key) => {
      const hint = didYouMean(key, known) || (known.length > 0 ? `: allowed is ${known.join(', ')}` : '');
      return `${place(path, key)}${keyOf([...path, key])}: there is no such key${hint}`;
    });
  }
  if (issue.code === 'invalid_key') {
    const name = String(path.at(-1));
    const allowed = issue.issues[0]?.message ?? '';
    return [
      `${place(path.slice(0, -1), name)}${keyOf(path)}: ${shownValue(name)} is not possible as a name: allowed is ${allowed}`,
    ];
  }
  const found = valueAt(value, path);
  // Of several forms that one is meant which has keys.
  const inner = issue.code === 'invalid_union' && isRecord(found) && !Array.isArray(found) && innerIssues(issue);
  if (inner) return inner.flatMap((part) => describeIssue({ ...part, path: [...path, ...part.path] }, value, placeOf));
  const what = found === undefined ? 'is missing' : `${quoted(found)} is not possible`;
  return [`${place(path)}${keyOf(path)}${path.length > 0 ? ': ' : ''}${what}: allowed is ${issue.message}`];
}

/** A text in quotes where it would be taken for a number or the like. */
function quoted(value: unknown): string {
  const looksOtherwise = typeof value === 'string' && /^(-?[\d.]+|true|false|null)$/.test(value);
  return looksOtherwise ? `"${value}"` : shownValue(value);
}

/** Names are somebody's texts, too. */
const keyOf = (path: readonly PropertyKey[]): string => path.map((key) => maskedText(String(key))).join('.');

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => ownValue(inner, String(key)), value);
}

function innerIssues({ errors }: z.core.$ZodIssueInvalidUnion): Issue[] | undefined {
  return errors.find((issues) => issues.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'));
}

/** The keys that may stand at a path, by the published schema. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  const schema = path.reduce<unknown>((inner, key) => {
    if (!isRecord(inner)) return undefined;
    return ownValue(propertiesOf(inner), String(key)) ?? inner.additionalProperties;
  }, configJsonSchema());
  return Object.keys(propertiesOf(schema) ?? {});
}

/** Of a schema of several forms, those of the form that has keys. */
function propertiesOf(schema: unknown): Record<string, unknown> | undefined {
  if (!isRecord(schema)) return undefined;
  const forms = Array.isArray(schema.anyOf) ? [schema, ...schema.anyOf] : [schema];
  return forms.map((form) => form.properties).find(isRecord);
}

function ownValue(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

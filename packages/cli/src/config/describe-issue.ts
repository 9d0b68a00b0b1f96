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
      const hint = didYouMean(key, known) || `: allowed is ${known.join(', ')}`;
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
  const what = found === undefined ? 'is missing' : `${quoted(found)} is not possible`;
  return [`${place(path)}${keyOf(path)}${path.length > 0 ? ': ' : ''}${what}: allowed is ${issue.message}`];
}

/** A text in quotes where it would be taken for a number or the like. */
function quoted(value: unknown): string {
  const looksOtherwise = typeof value === 'string' && /^(-?[\d.]+|true|false|null)$/.test(value);
  return looksOtherwise ? `"${value}"` : shownValue(value);
}

const keyOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[String(key)] : undefined), value);
}

/** The keys that may stand at a path, by the published schema. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  const schema = path.reduce<unknown>((inner, key) => {
    if (!isRecord(inner)) return undefined;
    const named = isRecord(inner.properties) ? inner.properties[String(key)] : undefined;
    return named ?? inner.additionalProperties;
  }, configJsonSchema());
  return isRecord(schema) && isRecord(schema.properties) ? Object.keys(schema.properties) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

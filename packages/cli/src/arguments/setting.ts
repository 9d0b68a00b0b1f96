import { mustBe, shownValue } from '@framehub/frame';
import { safeParseWith } from '@framehub/settings';
import { Option } from 'commander';
import { z } from 'zod';
import { usageError } from '../errors.js';

export interface SettingOptions {
  /** Reads the text of the command line. @default the text itself */
  readonly read?: (value: string) => unknown;
  /** For the help. @default the first sentence of the rule's description, with the values it allows and its default */
  readonly help?: string;
}

/**
 * An option whose value is a setting of the configuration, checked by the same rule. Its result is the value as the
 * configuration file would have it.
 */
export function setting(flags: string, rule: z.ZodType, { read, help }: SettingOptions = {}): Option {
  const option = new Option(flags, help ?? helpOf(rule));
  return option.argParser((value: string) => {
    const input = read ? read(value) : value;
    const checked = safeParseWith(rule, input);
    if (!checked.success) throw invalidValue(option, value, checked.problems[0].allowed);
    return input;
  });
}

/** An option that is a number of any size. */
export function number(flags: string, help: string): Option {
  const option = new Option(flags, help);
  return option.argParser((value: string) => {
    const input = asNumber(value);
    if (typeof input === 'string') throw invalidValue(option, value, 'a number');
    return input;
  });
}

/** An option that may be given several times. Its result is the list of what was read. */
export function repeatable<T>(flags: string, help: string, read: (value: string) => T): Option {
  return new Option(flags, help).argParser((value: string, earlier: T[] | undefined) => [
    ...(earlier ?? []),
    read(value),
  ]);
}

/** `rotation in degrees clockwise: 0, 90, 180 or 270 (default: 0)` */
function helpOf(rule: z.ZodType): string {
  const schema = z.toJSONSchema(rule, { io: 'input', unrepresentable: 'any' });
  const [sentence = ''] = /^.*?(?=\.(?:\s|$))/.exec(schema.description ?? '') ?? [];
  const text = /^[A-Z]{2}/.test(sentence) ? sentence : sentence.charAt(0).toLowerCase() + sentence.slice(1);
  const [, preset = schema.default] = /Default: (.*)\.$/.exec(schema.description ?? '') ?? [];
  return preset === undefined ? text : `${text} (default: ${preset})`;
}

/** A number where the text is one. Any other text is left for the rule to refuse. */
export function asNumber(value: string): string | number {
  return /^-?(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : value;
}

/** `*`, `none`, which a configuration file calls `false`, or origins with commas between. */
export function asOrigins(value: string): unknown {
  if (value === '*') return value;
  return value === 'none' || value === 'false' ? false : asList(value);
}

/** Values with commas between. */
export function asList(value: string): string[] {
  return value.split(',').map((text) => text.trim());
}

function invalidValue(option: Option, value: string, allowed: string) {
  return usageError(mustBe(String(option.long), allowed, value), {
    option: option.name(),
    value: shownValue(value),
    allowed,
  });
}

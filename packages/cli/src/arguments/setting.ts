import { mustBe, shownValue } from '@framehub/frame';
import { safeParseWith } from '@framehub/settings';
import { Option } from 'commander';
import { usageError } from '../errors.js';

/**
 * An option whose value is a setting of the configuration, and checked by the same rule.
 * Its result is the value as the configuration file would have it.
 */
export function setting(
  flags: string,
  description: string,
  rule: Parameters<typeof safeParseWith>[0],
  read: (value: string) => unknown = (value) => value,
): Option {
  const option = new Option(flags, description);
  return option.argParser((value: string) => {
    const input = read(value);
    const checked = safeParseWith(rule, input);
    if (!checked.success) throw impossible(option, value, checked.problems[0].allowed);
    return input;
  });
}

/** An option that is a number of any size. */
export function number(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser((value: string) => {
    const input = asNumber(value);
    if (typeof input === 'string') throw impossible(option, value, 'a number');
    return input;
  });
}

/** An option that may be given several times; its result is the list of what was read. */
export function repeatable<T>(flags: string, description: string, read: (value: string) => T): Option {
  return new Option(flags, description).argParser((value: string, earlier: T[] | undefined) => [
    ...(earlier ?? []),
    read(value),
  ]);
}

/** A number where it looks like one; what does not is left for the rule to refuse. */
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

function impossible(option: Option, value: string, allowed: string) {
  return usageError(mustBe(String(option.long), allowed, value), {
    option: option.name(),
    value: shownValue(value),
    allowed,
  });
}

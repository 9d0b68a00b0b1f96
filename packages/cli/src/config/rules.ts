import { isReservedName } from '@framehub/frame';
import { z } from 'zod';

/** Rules whose messages say what is allowed, and nothing else: who reports them adds key and value. */

export function wholeNumber(min: number, max: number, error = `a whole number from ${min} to ${max}`) {
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export function oneOf<const T extends readonly (string | number)[]>(values: T, preset: T[number]) {
  return z.literal(values, { error: values.join(', ') }).default(preset as never);
}

export function text(allowed: string) {
  return z.string({ error: allowed }).min(1, { error: allowed });
}

/** A name that somebody chooses. It may be none that every object has, and that is said apart. */
export function ownName(pattern: RegExp, allowed: string) {
  const error = `${allowed}, and none that every object has (constructor, toString …)`;
  return z
    .string()
    .regex(pattern, { error: allowed, abort: true })
    .refine((name) => !isReservedName(name), { error });
}

/** Within a transformation: what was given is not possible. */
export function refuse(context: z.RefinementCtx, allowed: string): never {
  context.addIssue({ code: 'custom', message: allowed });
  return z.NEVER;
}

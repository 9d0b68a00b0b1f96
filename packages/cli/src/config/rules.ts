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

/** Within a transformation: what was given is not possible. */
export function refuse(context: z.RefinementCtx, allowed: string): never {
  context.addIssue({ code: 'custom', message: allowed });
  return z.NEVER;
}

import { FramehubError, strictJson } from '@framehub/frame';
import { z } from 'zod';
import { MAX_CREDIT } from '../feed.js';

/** What a client of `framehub.v1` may say. `re` is a number of its own, which comes back with the answer. */

const id = z.int().min(0).max(0xffff_ffff);
const re = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const camera = z.string().min(1).max(64);
const controlValue = z.union([z.number(), z.boolean(), z.string().max(1024)]);
/** Which settings there are, and their values, is the hub's to say. */
const setting = z.union([
  z.number(),
  z.boolean(),
  z.string().max(64),
  z.null(),
  z.strictObject({ width: z.int(), height: z.int() }),
]);

const schema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('subscribe'),
    id,
    camera,
    maxFps: z.number().positive().max(1000).optional(),
    width: z.int().optional(),
    quality: z.int().optional(),
    rotate: z.int().optional(),
    flip: z.string().max(16).optional(),
    credit: z.int().min(0).max(MAX_CREDIT).default(2),
  }),
  z.strictObject({ op: z.literal('credit'), id, n: z.int().min(1).max(MAX_CREDIT).default(1) }),
  z.strictObject({ op: z.literal('unsubscribe'), id }),
  /** `sent` is the client's own clock, in milliseconds; it comes back with the server's. */
  z.strictObject({ op: z.literal('time'), sent: z.number() }),
  z.strictObject({ op: z.literal('controls'), re, camera }),
  z.strictObject({
    op: z.literal('setControls'),
    re,
    camera,
    values: z.record(z.string().max(64), controlValue),
  }),
  z.strictObject({ op: z.literal('change'), re, camera, settings: z.record(z.string().max(32), setting) }),
]);

export type ClientMessage = z.output<typeof schema>;
export type Subscribe = Extract<ClientMessage, { op: 'subscribe' }>;
export type Request = Extract<ClientMessage, { re: number }>;

/** Reads a message. Throws `WS_BAD_MESSAGE`: which key, and what is allowed. */
export function readClientMessage(text: string): ClientMessage {
  const message = parse(text);
  // One comes for each picture.
  if (isCredit(message)) return message;
  const read = schema.safeParse(message);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue?.path.join('.') || 'the message';
  throw new FramehubError('WS_BAD_MESSAGE', `${place} is not possible: ${issue?.message.toLowerCase()}`);
}

const about = z.object({ re: re.optional().catch(undefined), id: id.optional().catch(undefined) });

/** Which question or subscription a message that could not be read is about, where it says so. */
export function aboutOf(text: string): z.output<typeof about> {
  try {
    return about.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function parse(text: string): unknown {
  try {
    return strictJson(text);
  } catch {
    throw new FramehubError(
      'WS_BAD_MESSAGE',
      'the message is not JSON, or has a key __proto__: send an object such as {"op":"subscribe",…}',
    );
  }
}

function isCredit(message: unknown): message is Extract<ClientMessage, { op: 'credit' }> {
  if (typeof message !== 'object' || message === null) return false;
  const { op, id: subscription, n, ...rest } = message as Record<string, unknown>;
  return (
    op === 'credit' &&
    isWhole(subscription, 0, 0xffff_ffff) &&
    isWhole(n, 1, MAX_CREDIT) &&
    Object.keys(rest).length === 0
  );
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

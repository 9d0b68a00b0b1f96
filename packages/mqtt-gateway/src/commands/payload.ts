import {
  type CameraControl,
  type ControlValue,
  FramehubError,
  mustBe,
  parseRendition,
  SIZE_ALLOWED,
} from '@framehub/frame';
import { flag, parseWith, size as sizeRule } from '@framehub/settings';
import { z } from 'zod';
import type { FrameRequest } from '../camera/live-frames.js';
import type { SnapshotRequest } from '../camera/snapshots.js';
import { isSendable } from '../message.js';

export const MAX_COMMAND_BYTES = 4096;
const MAX_TEXT_CHARACTERS = 256;

export interface SnapshotCommand extends SnapshotRequest {
  readonly id: string | number | undefined;
}

const value = z.union([z.string(), z.number()], { error: 'a number or a text' }).transform(String).optional();

const idAllowed = `a number, or a text of up to ${MAX_TEXT_CHARACTERS} printable characters`;
/** A text goes into a property of the response. */
const idText = z.string().max(MAX_TEXT_CHARACTERS, { error: idAllowed }).refine(isSendable, { error: idAllowed });
const idSchema = z.union([z.number(), idText], { error: idAllowed }).optional();

const sizeAllowed = `'max' or ${SIZE_ALLOWED}`;

const snapshotSchema = z.strictObject({
  id: idSchema,
  width: value,
  quality: value,
  rotate: value,
  flip: value,
  fresh: flag().default(false),
  size: z.union([z.literal('max'), sizeRule()], { error: sizeAllowed }).optional(),
});

const frameSchema = z.strictObject({
  fps: z.number({ error: 'a number above 0' }).positive('a number above 0').optional(),
  width: value,
});

/**
 * Reads the payload of `…/snapshot/get`: empty, a button's `PRESS`, or JSON.
 *
 * @throws FramehubError `MQTT_BAD_COMMAND`, `RENDITION_INVALID`
 */
export function readSnapshotCommand(payload: Buffer): SnapshotCommand {
  const { id, fresh, size, ...rendition } = readJson(payload, snapshotSchema);
  return { id, fresh, size, rendition: parseRendition(rendition) };
}

/** The request id of a command, even of one that is otherwise invalid; null without one. */
export function idOf(payload: Buffer): string | number | null {
  try {
    return idSchema.parse(JSON.parse(readText(payload)).id) ?? null;
  } catch {
    return null;
  }
}

/** Reads the payload of `…/frame/request`. @throws FramehubError `MQTT_BAD_COMMAND`, `RENDITION_INVALID` */
export function readFrameRequest(payload: Buffer): FrameRequest {
  const { fps, width } = readJson(payload, frameSchema);
  return { fps, width: parseRendition({ width }).width };
}

/** Reads the payload of `…/enabled/set`. @throws FramehubError `MQTT_BAD_COMMAND` */
export function readSwitch(payload: Buffer): boolean {
  const text = readText(payload);
  const on = switchOf(text);
  if (on === undefined) throw bad(mustBe('the command', 'ON or OFF, true or false, 1 or 0', text));
  return on;
}

/** Reads the payload of `…/profile/set`: a name; `None` or an empty text for no profile. @throws FramehubError `MQTT_BAD_COMMAND` */
export function readProfile(payload: Buffer, profiles: readonly string[]): string | null {
  const text = readLine(payload);
  return (text === '' || /^none$/i.test(text)) && !profiles.includes(text) ? null : text;
}

/** Reads the payload of `…/control/<name>/set` as the control's type; the camera checks its range. @throws FramehubError `MQTT_BAD_COMMAND` */
export function readControlValue(payload: Buffer, control: CameraControl | undefined): ControlValue | boolean {
  const text = readLine(payload);
  if (text.length > MAX_TEXT_CHARACTERS)
    throw bad(`the value must have at most ${MAX_TEXT_CHARACTERS} characters, not ${text.length}`);
  if (control?.type === 'string') return text;
  if (control?.type === 'boolean') return switchOf(text) ?? text;
  if (/^[+-]?\d{1,20}$/.test(text)) {
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : BigInt(text);
  }
  return text;
}

function switchOf(text: string): boolean | undefined {
  if (/^(on|true|1)$/i.test(text)) return true;
  return /^(off|false|0)$/i.test(text) ? false : undefined;
}

function readJson<S extends z.ZodObject>(payload: Buffer, schema: S): z.output<S> {
  const text = readText(payload);
  const command = text === '' || text === 'PRESS' ? {} : parseObject(text);
  return parseWith(schema, command, { code: 'MQTT_BAD_COMMAND', what: 'the command' });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const command: unknown = JSON.parse(text);
    if (typeof command === 'object' && command !== null && !Array.isArray(command)) return { ...command };
  } catch {
    // As for JSON of another type.
  }
  throw bad(mustBe('the command', 'empty, or JSON such as {"width": 640}', text));
}

function readText(payload: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload).trim();
  } catch (error) {
    throw bad('the command must be UTF-8 text', { cause: error });
  }
}

/** A name or a value: it appears in messages, which are one line. */
function readLine(payload: Buffer): string {
  const text = readText(payload);
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) throw bad(mustBe('the command', 'one line without control characters', text));
  return text;
}

function bad(message: string, options?: ErrorOptions): FramehubError {
  return new FramehubError('MQTT_BAD_COMMAND', message, {}, options);
}

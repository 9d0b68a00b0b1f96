import {
  type CameraControl,
  type ControlValue,
  FramehubError,
  parseRendition,
  type Rendition,
  type StillSize,
} from '@framehub/frame';
import { z } from 'zod';
import type { FrameWish } from '../camera/live-frames.js';
import { isSendable } from '../sendable.js';

/** Bytes of a command; those that people mean are far shorter. */
export const MAX_COMMAND_BYTES = 4096;
const MAX_TEXT = 256;

export interface SnapshotCommand {
  readonly id: string | number | undefined;
  readonly rendition: Rendition;
  readonly fresh: boolean;
  readonly size: StillSize | undefined;
}

/** What is allowed, for who sent something else. */
const allowed = {
  id: `a number, or a text of up to ${MAX_TEXT} printable characters`,
  fresh: 'true or false',
  size: '"max", "1920x1080" or {"width": 1920, "height": 1080}',
  fps: 'a number above 0',
  value: 'a number or a text',
  line: 'one line without control characters',
  command: 'nothing at all, or JSON such as {"width": 640}',
} as const;

const side = z.int({ error: allowed.size }).min(1, { error: allowed.size }).max(65_535, { error: allowed.size });
/** Goes into a property of the answer as it is. */
const idText = z.string().max(MAX_TEXT, { error: allowed.id }).refine(isSendable, { error: allowed.id });
const value = z.union([z.string(), z.number()], { error: allowed.value }).transform(String).optional();

const snapshotSchema = z.strictObject({
  id: z.union([idText, z.number()], { error: allowed.id }).optional(),
  width: value,
  quality: value,
  rotate: value,
  flip: value,
  fresh: z.boolean({ error: allowed.fresh }).default(false),
  size: z
    .union(
      [
        z.literal('max'),
        z.strictObject({ width: side, height: side }, { error: allowed.size }),
        z
          .string()
          .regex(/^\d{1,5}x\d{1,5}$/, { error: allowed.size })
          .transform((text) => {
            const [width = 0, height = 0] = text.split('x').map(Number);
            return { width, height };
          }),
      ],
      { error: allowed.size },
    )
    .optional(),
});

const wishSchema = z.strictObject({
  fps: z.number({ error: allowed.fps }).positive({ error: allowed.fps }).optional(),
  width: value,
});

/** Of `…/snapshot/get`: nothing, a button's `PRESS`, or JSON. @throws FramehubError `MQTT_BAD_COMMAND`, `RENDITION_INVALID` */
export function readSnapshotCommand(payload: Buffer): SnapshotCommand {
  const { id, fresh, size, ...rendition } = readJson(payload, snapshotSchema);
  return { id, fresh, size, rendition: parseRendition(rendition) };
}

/** The request id of a command that is wrong otherwise, so that the error finds who asked. */
export function idOf(payload: Buffer): string | number | null {
  try {
    return snapshotSchema.shape.id.parse(JSON.parse(readText(payload)).id) ?? null;
  } catch {
    return null;
  }
}

/** Of `…/frame/want`. */
export function readWish(payload: Buffer): FrameWish {
  const { fps, width } = readJson(payload, wishSchema);
  return { fps, width: parseRendition({ width }).width };
}

/** Of `…/enabled/set`. */
export function readSwitch(payload: Buffer): boolean {
  const text = readText(payload);
  const on = switchOf(text);
  if (on === undefined) throw bad(`'${shown(text)}' is not possible: allowed is ON or OFF, true or false, 1 or 0`);
  return on;
}

/** Of `…/profile/set`: a name; `None` or nothing takes the profile away. */
export function readProfile(payload: Buffer, profiles: readonly string[]): string | null {
  const text = readLine(payload);
  return (text === '' || /^none$/i.test(text)) && !profiles.includes(text) ? null : text;
}

/** Of `…/control/<name>/set`, as the control's type has it; what is out of range is the camera's to say. */
export function readControlValue(payload: Buffer, control: CameraControl | undefined): ControlValue | boolean {
  const text = readLine(payload);
  if (text.length > MAX_TEXT) throw bad(`the value is ${text.length} characters long: allowed are ${MAX_TEXT}`);
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
  const command = text === '' || text === 'PRESS' ? {} : parsed(text);
  const read = schema.safeParse(command);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue?.code === 'unrecognized_keys' && issue.path.length === 0)
    throw bad(`there is no key '${shown(issue.keys.join())}': allowed is ${Object.keys(schema.shape).join(', ')}`);
  const key = String(issue?.path[0]);
  throw bad(`${key}=${shown(JSON.stringify(command[key]))} is not possible: allowed is ${issue?.message}`);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const command: unknown = JSON.parse(text);
    if (typeof command === 'object' && command !== null && !Array.isArray(command)) return { ...command };
  } catch {
    // Told below, as is JSON of another kind.
  }
  throw bad(`'${shown(text)}' is not possible: allowed is ${allowed.command}`);
}

function readText(payload: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload).trim();
  } catch {
    throw bad('the command is not text: allowed is UTF-8');
  }
}

/** A name or a value: others put it into messages of theirs, which are one line. */
function readLine(payload: Buffer): string {
  const text = readText(payload);
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) throw bad(`'${shown(text)}' is not possible: allowed is ${allowed.line}`);
  return text;
}

/** In one short line, without what would upset a terminal. */
function shown(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ');
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}

function bad(message: string): FramehubError {
  return new FramehubError('MQTT_BAD_COMMAND', message);
}

import { type CameraView, FramehubError, isWhole, reportStatus, strictJson, VIEWER_FPS } from '@framehub/frame';
import type { CameraInfo, ErrorSubject, ServerMessage, Subprotocol } from '@framehub/frame/protocol';
import { parseWith, text, wholeNumber } from '@framehub/settings';
import { z } from 'zod';
import { MAX_CREDIT } from './pending-frame.js';

export const SUBPROTOCOL: Subprotocol = 'framehub.v1';

const ID = { min: 0, max: 0xffff_ffff };
const CREDIT = { min: 1, max: MAX_CREDIT };
export const FPS_ALLOWED = `a number from ${VIEWER_FPS.min} to ${VIEWER_FPS.max}`;

const id = wholeNumber(ID);
const requestId = wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER });
const camera = text('the name of a camera', 64);
const fps = z.number({ error: FPS_ALLOWED }).min(VIEWER_FPS.min, FPS_ALLOWED).max(VIEWER_FPS.max, FPS_ALLOWED);
const controlValue = z.union([z.number(), z.boolean(), z.string().max(1024)]);
/** The hub checks which settings exist, and their values. */
const setting = z.union([
  z.number(),
  z.boolean(),
  z.string().max(64),
  z.null(),
  z.strictObject({ width: z.int(), height: z.int() }),
]);

/** What a client may send: `ClientMessage` of the protocol, with defaults. */
export const clientMessageSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('subscribe'),
    id,
    camera,
    fps: fps.optional(),
    width: z.int().optional(),
    quality: z.int().optional(),
    rotate: z.int().optional(),
    flip: z.string().max(16).optional(),
    credit: wholeNumber({ min: 0, max: MAX_CREDIT }).default(2),
  }),
  z.strictObject({ op: z.literal('credit'), id, count: wholeNumber(CREDIT).default(1) }),
  z.strictObject({ op: z.literal('unsubscribe'), id }),
  z.strictObject({ op: z.literal('time'), sent: z.number() }),
  z.strictObject({ op: z.literal('getControls'), requestId, camera }),
  z.strictObject({
    op: z.literal('setControls'),
    requestId,
    camera,
    values: z.record(z.string().max(64), controlValue),
  }),
  z.strictObject({
    op: z.literal('setSettings'),
    requestId,
    camera,
    settings: z.record(z.string().max(32), setting),
  }),
]);

/** A message that was read. */
export type ReceivedMessage = z.output<typeof clientMessageSchema>;
export type SubscribeMessage = Extract<ReceivedMessage, { op: 'subscribe' }>;
export type RequestMessage = Extract<ReceivedMessage, { requestId: number }>;

/** A message that no client waits for, and that a newer one replaces. */
export type UpdateMessage = Extract<ServerMessage, { op: 'status' | 'stats' | 'settings' | 'controls' }>;

/** @throws FramehubError `WS_BAD_MESSAGE`: which key, and what is allowed */
export function readClientMessage(json: string): ReceivedMessage {
  const message = parseJson(json);
  // The schema is slow, and a credit comes for each frame.
  if (isCredit(message)) return message;
  return parseWith(clientMessageSchema, message, { code: 'WS_BAD_MESSAGE', what: 'the message' });
}

const errorSubject = z.object({ requestId: requestId.optional().catch(undefined), id: id.optional().catch(undefined) });

/** The request or subscription that an invalid message belongs to, as far as it names one. */
export function subjectOf(json: string): ErrorSubject {
  try {
    return errorSubject.parse(JSON.parse(json));
  } catch {
    return {};
  }
}

export function reportCamera(view: CameraView, viewers: number): CameraInfo {
  return { ...reportStatus(view.status()), viewers };
}

function parseJson(json: string): unknown {
  try {
    return strictJson(json);
  } catch (error) {
    throw notJson(error);
  }
}

function notJson(cause: unknown): FramehubError {
  return new FramehubError(
    'WS_BAD_MESSAGE',
    'the message must be JSON without a key __proto__: send an object such as {"op":"subscribe",…}',
    {},
    { cause },
  );
}

function isCredit(message: unknown): message is Extract<ReceivedMessage, { op: 'credit' }> {
  if (typeof message !== 'object' || message === null) return false;
  const { op, id: subscription, count, ...rest } = message as Record<string, unknown>;
  return op === 'credit' && isWhole(subscription, ID) && isWhole(count, CREDIT) && Object.keys(rest).length === 0;
}

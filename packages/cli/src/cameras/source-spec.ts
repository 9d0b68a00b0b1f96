import { deviceNameText, parseDeviceName } from '@framehub/capture';
import { canonicalFourCC, type FourCC, isReadable } from '@framehub/frame';
import { readSize } from '../config/size.js';

/** Where a camera's pictures shall come from, as a person wrote it. */
export type SourceSpec =
  /** By any of the names that the capture package knows; which camera that is, is found out at each start. */
  | { readonly kind: 'v4l2'; readonly device: string }
  | {
      readonly kind: 'pattern';
      readonly width?: number;
      readonly height?: number;
      readonly fps?: number;
      readonly fourcc?: FourCC;
    }
  | { readonly kind: 'file'; readonly path: string }
  /** User and password in place of those in the address; which they are is found out when the camera is set up. */
  | { readonly kind: 'http'; readonly url: string; readonly username?: string; readonly password?: string };

export const SOURCE_ALLOWED =
  "a camera's number from 0, its path (/dev/video0) or name (usb-…-video-index0), usb:VENDOR:PRODUCT[:SERIAL], serial:SERIAL, port:BUS-INFO, pattern[:WIDTHxHEIGHT][@FPS][:FORMAT], file:PATH, http://… or https://…";

/** Reads a source; undefined for what is none. */
export function readSource(text: string): SourceSpec | undefined {
  if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? { kind: 'http', url: text } : undefined;
  if (/^file:./.test(text)) return { kind: 'file', path: text.slice('file:'.length) };
  if (/^pattern(?![\w-])/.test(text)) return readPattern(text);
  const device = parseDeviceName(text);
  return device && { kind: 'v4l2', device: deviceNameText(device) };
}

function readPattern(text: string): SourceSpec | undefined {
  const match = /^pattern(?::(\d+x\d+))?(?:@(\d+(?:\.\d+)?))?(?::([\w ]+))?$/i.exec(text);
  if (!match) return undefined;
  const [, dimensions, rate, format] = match;
  const size = dimensions ? readSize(dimensions) : {};
  const fps = rate === undefined ? undefined : Number(rate);
  const fourcc = format === undefined ? undefined : canonicalFourCC(format);
  if (!size || fps === 0 || (fps ?? 0) > 240 || (fourcc !== undefined && !isReadable(fourcc))) return undefined;
  return { kind: 'pattern', ...size, ...(fps && { fps }), ...(fourcc && { fourcc }) };
}

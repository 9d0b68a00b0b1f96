import { deviceNameText, parseDeviceName } from '@framehub/capture';
import { canonicalFourCC, type FourCC, isReadable, MAX_CAMERA_FPS, parseSize } from '@framehub/frame';

/** Where a camera's frames come from, as it is configured. */
export type SourceConfig =
  /** By any of the names that the capture package knows; it finds the device at each start. */
  | { readonly type: 'v4l2'; readonly device: string }
  | {
      readonly type: 'pattern';
      readonly width?: number;
      readonly height?: number;
      readonly fps?: number;
      readonly fourcc?: FourCC;
    }
  | { readonly type: 'file'; readonly path: string }
  /** User and password replace those in the address. They are read when the camera is set up. */
  | { readonly type: 'http'; readonly url: string; readonly username?: string; readonly password?: string };

/** What a source must be, for messages. */
export const SOURCE_ALLOWED =
  "a camera's number from 0, its path (/dev/video0) or name (usb-…-video-index0), usb:VENDOR:PRODUCT[:SERIAL], serial:SERIAL, port:BUS-INFO, pattern[:WIDTHxHEIGHT][@FPS][:FORMAT], file:PATH, http://… or https://…";

/** Reads a source; undefined for any other text. */
export function readSource(text: string): SourceConfig | undefined {
  if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? { type: 'http', url: text } : undefined;
  if (/^file:./.test(text)) return { type: 'file', path: text.slice('file:'.length) };
  if (/^pattern(?![\w-])/.test(text)) return readPattern(text);
  const device = parseDeviceName(text);
  return device && { type: 'v4l2', device: deviceNameText(device) };
}

function readPattern(text: string): SourceConfig | undefined {
  const match = /^pattern(?::(\d[^@:]*))?(?:@(\d+(?:\.\d+)?))?(?::([\w ]+))?$/i.exec(text);
  if (!match) return undefined;
  const [, dimensions, rate, format] = match;
  const size = dimensions ? parseSize(dimensions) : {};
  const fps = rate === undefined ? undefined : Number(rate);
  const fourcc = format === undefined ? undefined : canonicalFourCC(format);
  if (!size || fps === 0 || (fps ?? 0) > MAX_CAMERA_FPS || (fourcc !== undefined && !isReadable(fourcc)))
    return undefined;
  return { type: 'pattern', ...size, ...(fps && { fps }), ...(fourcc && { fourcc }) };
}

import { canonicalFourCC, type FourCC, isReadable } from '@framehub/frame';
import { readSize } from '../config/size.js';

/** Where a camera's pictures shall come from, as a person wrote it; which device that is, is found out later. */
export type SourceSpec =
  /** The n-th camera detected, from 0. */
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'device'; readonly path: string }
  | { readonly kind: 'by-id'; readonly id: string }
  | { readonly kind: 'usb'; readonly vendorId: string; readonly productId: string; readonly serial?: string }
  | {
      readonly kind: 'pattern';
      readonly width?: number;
      readonly height?: number;
      readonly fps?: number;
      readonly fourcc?: FourCC;
    }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'http'; readonly url: string };

export const SOURCE_ALLOWED =
  "a camera's number from 0, its path (/dev/video0) or name (usb-…-video-index0), usb:VENDOR:PRODUCT[:SERIAL], pattern[:WIDTHxHEIGHT][@FPS][:FORMAT], file:PATH, http://… or https://…";

/** Reads a source; undefined for what is none. */
export function readSource(text: string): SourceSpec | undefined {
  if (/^\d{1,3}$/.test(text)) return { kind: 'index', index: Number(text) };
  if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? { kind: 'http', url: text } : undefined;
  if (/^file:./.test(text)) return { kind: 'file', path: text.slice('file:'.length) };
  if (/^usb:/i.test(text)) return readUsb(text);
  if (/^pattern(?![\w-])/.test(text)) return readPattern(text);
  if (/^[/.\\]|^[a-z]:\\/i.test(text)) return { kind: 'device', path: text };
  // Names in /dev/v4l/by-id: usb-046d_HD_Pro_Webcam_C920_6A2B-video-index0
  if (/^[\w.-]+-index\d+$/.test(text)) return { kind: 'by-id', id: text };
  return undefined;
}

function readUsb(text: string): SourceSpec | undefined {
  const [, vendorId, productId, serial] = /^usb:([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?$/i.exec(text) ?? [];
  if (!vendorId || !productId) return undefined;
  return {
    kind: 'usb',
    vendorId: vendorId.toLowerCase(),
    productId: productId.toLowerCase(),
    ...(serial && { serial }),
  };
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

import type { CameraSettings } from '@framehub/client';
import type { Option } from '../parts/choice.js';
import { sizeText } from '../words.js';

/**
 * What to choose from. The hub does not tell what a camera can do; one that cannot is put back to what it had, and says
 * why. So these are the usual values, and whatever is set now.
 */

type Size = CameraSettings['size'];

const AS_IT_LIKES = 'Automatic';
const SIZES = ['320x240', '640x480', '800x600', '1280x720', '1280x960', '1920x1080', '2560x1440', '3840x2160'];
const FORMATS = ['MJPG', 'YUYV', 'UYVY', 'NV12', 'YU12', 'RGB3', 'GREY'];
const RATES = [1, 2, 5, 10, 15, 20, 24, 25, 30, 50, 60];
const WIDTHS = [320, 640, 800, 1024, 1280, 1920];

/** Sizes as texts, which can be compared. */
export function sizeKey(size: Size): string | null {
  return size ? `${size.width}x${size.height}` : null;
}

export function sizeOf(key: string | null): Size {
  if (key === null) return null;
  const [width = 0, height = 0] = key.split('x').map(Number);
  return { width, height };
}

export const sizeOptions = (now: string | null): readonly Option<string | null>[] =>
  withNow(SIZES, now, (key) => sizeText(sizeOf(key) as NonNullable<Size>));

export const formatOptions = (now: string | null): readonly Option<string | null>[] =>
  withNow(FORMATS, now, (format) => format.trim());

export const rateOptions = (now: number | null): readonly Option<number | null>[] =>
  withNow(RATES, now, (rate) => `${rate} a second`);

export const widthOptions = (now: number | null): readonly Option<number | null>[] =>
  withNow(WIDTHS, now, (width) => `${width} pixels`);

function withNow<T>(usual: readonly T[], now: T | null, labelOf: (value: T) => string): readonly Option<T | null>[] {
  const values = now === null || usual.includes(now) ? usual : [now, ...usual];
  return [{ value: null, label: AS_IT_LIKES }, ...values.map((value) => ({ value, label: labelOf(value) }))];
}

/** A flip as the two ways in which a picture can be mirrored. */
export function mirrorsOf(flip: string): { readonly horizontal: boolean; readonly vertical: boolean } {
  return {
    horizontal: flip === 'horizontal' || flip === 'both',
    vertical: flip === 'vertical' || flip === 'both',
  };
}

export function flipOf({ horizontal, vertical }: { horizontal: boolean; vertical: boolean }): string {
  if (horizontal && vertical) return 'both';
  if (horizontal) return 'horizontal';
  return vertical ? 'vertical' : 'none';
}

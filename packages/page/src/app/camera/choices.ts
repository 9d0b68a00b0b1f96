import type { CameraSettings } from '@framehub/client';
import type { Option } from '../parts/fields.js';
import { sizeText } from '../texts.js';

/**
 * Options of the menus: usual values, and the present one. The hub does not report what a camera supports; an unsupported
 * value is refused with an error, and the camera keeps the value it had.
 */

type Size = CameraSettings['size'];
type Flip = CameraSettings['flip'];

const AUTOMATIC = 'Automatic';
const SIZES = ['320x240', '640x480', '800x600', '1280x720', '1280x960', '1920x1080', '2560x1440', '3840x2160'];
const FORMATS = ['MJPG', 'YUYV', 'UYVY', 'NV12', 'YU12', 'RGB3', 'GREY'];
const RATES = [1, 2, 5, 10, 15, 20, 24, 25, 30, 50, 60];
const WIDTHS = [320, 640, 800, 1024, 1280, 1920];

/** A size as a text, which can be compared. */
export function sizeKey(size: Size): string | null {
  return size ? `${size.width}x${size.height}` : null;
}

export function sizeOf(key: string | null): Size {
  if (key === null) return null;
  const [width = 0, height = 0] = key.split('x').map(Number);
  return { width, height };
}

export const sizeOptions = (now: string | null): readonly Option<string | null>[] =>
  withPresent(SIZES, now, (key) => sizeText(sizeOf(key) as NonNullable<Size>));

export const formatOptions = (now: string | null): readonly Option<string | null>[] =>
  withPresent(FORMATS, now, (format) => format.trim());

export const rateOptions = (now: number | null): readonly Option<number | null>[] =>
  withPresent(RATES, now, (rate) => `${rate} fps`);

export const widthOptions = (now: number | null): readonly Option<number | null>[] =>
  withPresent(WIDTHS, now, (width) => `${width} pixels`);

function withPresent<T>(
  usual: readonly T[],
  present: T | null,
  labelOf: (value: T) => string,
): readonly Option<T | null>[] {
  const values = present === null || usual.includes(present) ? usual : [present, ...usual];
  return [{ value: null, label: AUTOMATIC }, ...values.map((value) => ({ value, label: labelOf(value) }))];
}

/** A flip as its two directions. */
export function mirrorsOf(flip: Flip): { readonly horizontal: boolean; readonly vertical: boolean } {
  return {
    horizontal: flip === 'horizontal' || flip === 'both',
    vertical: flip === 'vertical' || flip === 'both',
  };
}

export function flipOf({ horizontal, vertical }: { horizontal: boolean; vertical: boolean }): Flip {
  if (horizontal && vertical) return 'both';
  if (horizontal) return 'horizontal';
  return vertical ? 'vertical' : 'none';
}

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** usbStream's size numbers, as its README prints them: 0 is the first. */
export const SIZE_TABLE: readonly Size[] = [
  { width: 3280, height: 2464 },
  { width: 2048, height: 1080 },
  { width: 1920, height: 1800 },
  { width: 1640, height: 1232 },
  { width: 1280, height: 720 },
  { width: 800, height: 600 },
  { width: 720, height: 480 },
  { width: 640, height: 480 },
  { width: 320, height: 240 },
];

export const SIZE_ALLOWED = `a number from 0 to ${SIZE_TABLE.length - 1}, or WIDTHxHEIGHT such as 1280x720`;
const MIN = 16;
const MAX = 8192;

/** `5` or `800x600` as a size, or undefined for what is neither. */
export function readSize(text: string): Size | undefined {
  if (/^\d$/.test(text)) return SIZE_TABLE[Number(text)];
  const [, width = 0, height = 0] = /^(\d{1,4})x(\d{1,4})$/i.exec(text)?.map(Number) ?? [];
  const fits = [width, height].every((side) => side >= MIN && side <= MAX);
  return fits ? { width, height } : undefined;
}

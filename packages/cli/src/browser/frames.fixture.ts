import type { Page } from 'playwright-core';
import { until } from './chromium.fixture.js';

/** Runs in the page: the luma of 16 by 12 places of the frame that an element shows, or nothing yet. */
const LUMA = `(selector) => {
  const shadow = document.querySelector(selector)?.shadowRoot;
  const image = shadow?.querySelector('img') ?? shadow?.querySelector('canvas');
  // An image that is not there, or not any more, cannot be drawn.
  if (!image || image.naturalWidth === 0) return [];
  const canvas = document.createElement('canvas');
  canvas.width = 16;
  canvas.height = 12;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0, 16, 12);
  const { data } = context.getImageData(0, 0, 16, 12);
  return Array.from({ length: 192 }, (_, i) => Math.round((data[4 * i] + 2 * data[4 * i + 1] + data[4 * i + 2]) / 4));
}`;

export type Luma = readonly number[];

export async function lumaOf(page: Page, selector: string): Promise<Luma> {
  return page.evaluate(`(${LUMA})(${JSON.stringify(selector)})`);
}

export const viewOf = (camera: string): string => `framehub-view[camera="${camera}"]`;

/** Waits for a frame that fulfils something, and returns it. */
export async function untilFrame(page: Page, selector: string, is: (luma: Luma) => boolean): Promise<Luma> {
  return until(
    page,
    () => lumaOf(page, selector),
    (luma) => luma.length > 0 && is(luma),
  );
}

/** Waits until a frame has been replaced by another one, several times. */
export async function untilMoved(page: Page, selector: string, times = 3): Promise<void> {
  let last = await untilFrame(page, selector, isNotBlank);
  for (let moves = 0; moves < times; moves++) {
    const before = last;
    last = await untilFrame(page, selector, (luma) => luma.some((value, i) => Math.abs(value - (before[i] ?? 0)) > 10));
  }
}

export const meanOf = (luma: Luma): number => luma.reduce((sum, value) => sum + value, 0) / luma.length;

/** Nearly all of a placeholder is its dark ground, and something is written on it. */
export const isPlaceholder = (luma: Luma): boolean =>
  luma.filter((value) => Math.abs(value - 22) < 8).length > 0.7 * luma.length && luma.some((value) => value > 60);

const isNotBlank = (luma: Luma): boolean => luma.some((value) => value > 40);

import type { SubscribeOptions } from '../subscription.js';

/** Attributes that say which pictures are wanted, and the options that they are. */
const OPTIONS = {
  'max-fps': 'maxFps',
  width: 'width',
  quality: 'quality',
  rotate: 'rotate',
  flip: 'flip',
  credit: 'credit',
} as const;

export const WISHES = Object.keys(OPTIONS);

export function wishesOf(element: Element): SubscribeOptions {
  const wishes = Object.entries(OPTIONS).flatMap(([attribute, option]) => {
    const value = element.getAttribute(attribute);
    if (value === null || value === '') return [];
    return [[option, option === 'flip' ? value : Number(value)] as const];
  });
  return Object.fromEntries(wishes);
}

import type { SubscribeOptions } from '../subscription.js';

/** Reads the text of an attribute; undefined when it is nothing that is possible. */
type Reader = (text: string) => number | string | undefined;

interface Wish {
  /** The option that the attribute is. */
  readonly option: keyof SubscribeOptions;
  readonly read: Reader;
  /** What is possible, for people. */
  readonly allowed: string;
}

const ROTATIONS = ['0', '90', '180', '270'];
const FLIPS = ['none', 'horizontal', 'vertical', 'both'];
/** More of an attribute would fill the picture. */
const MOST_LETTERS = 32;

/** Attributes that say which pictures are wanted. Their limits are the hub's, for WebSockets and streams alike. */
const ATTRIBUTES: Readonly<Record<string, Wish>> = {
  'max-fps': {
    option: 'maxFps',
    read: (text) => within(Number(text), 0.1, 1000),
    allowed: 'a number from 0.1 to 1000',
  },
  width: whole('width', 16, 8192),
  quality: whole('quality', 1, 100),
  rotate: {
    option: 'rotate',
    read: (text) => (ROTATIONS.includes(text) ? Number(text) : undefined),
    allowed: ROTATIONS.join(', '),
  },
  flip: { option: 'flip', read: (text) => (FLIPS.includes(text) ? text : undefined), allowed: FLIPS.join(', ') },
  credit: whole('credit', 1, 16),
};

export const WISHES = Object.keys(ATTRIBUTES);

/** An attribute whose value is not possible; the message says which, and what is. */
export class AttributeError extends Error {
  constructor(attribute: string, value: string, allowed: string) {
    const shown = value.length > MOST_LETTERS ? `${value.slice(0, MOST_LETTERS)}…` : value;
    super(`${attribute}="${shown}" is not possible: allowed is ${allowed}`);
  }
}

/**
 * What the attributes of an element ask for. An empty one asks for nothing.
 *
 * @throws AttributeError for the first that is not possible: the hub would refuse it, and over a stream in words that
 *   nobody sees
 */
export function wishesOf(element: Pick<Element, 'getAttribute'>): SubscribeOptions {
  const wishes = Object.entries(ATTRIBUTES).flatMap(([attribute, { option, read, allowed }]) => {
    const text = element.getAttribute(attribute)?.trim() ?? '';
    if (text === '') return [];
    const value = read(text);
    if (value === undefined) throw new AttributeError(attribute, text, allowed);
    return [[option, value] as const];
  });
  return Object.fromEntries(wishes);
}

/** The hub that an element names. @throws AttributeError where that cannot be one */
export function serverOf(element: Pick<Element, 'getAttribute'>): string | undefined {
  const text = element.getAttribute('src') ?? undefined;
  if (text === undefined) return undefined;
  const base = globalThis.location?.href;
  if (URL.canParse(text, base) && /^(http|ws)s?:$/.test(new URL(text, base).protocol)) return text;
  throw new AttributeError('src', text, 'a path, or an address that begins with http:// or https://');
}

function whole(option: keyof SubscribeOptions, min: number, max: number): Wish {
  return {
    option,
    read: (text) => (Number.isInteger(Number(text)) ? within(Number(text), min, max) : undefined),
    allowed: `a whole number from ${min} to ${max}`,
  };
}

function within(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined;
}

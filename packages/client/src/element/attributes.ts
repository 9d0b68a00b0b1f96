import {
  isWhole,
  listOf,
  mustBe,
  QUALITY,
  type Range,
  VIEWER_FPS,
  WIDTH,
  wholeNumberFrom,
} from '@framehub/frame/rules';
import type { SubscribeOptions } from '../subscription.js';

interface Rule {
  /** Reads the text of an attribute; undefined for an invalid one. */
  read(text: string): number | string | undefined;
  readonly allowed: string;
}

const CREDIT: Range = { min: 1, max: 16 };

/** The attributes of an element that are options of its subscription. The limits are the hub's. */
const RULES: Readonly<Record<string, Rule>> = {
  fps: {
    read: (text) => (Number(text) >= VIEWER_FPS.min && Number(text) <= VIEWER_FPS.max ? Number(text) : undefined),
    allowed: `a number from ${VIEWER_FPS.min} to ${VIEWER_FPS.max}`,
  },
  width: whole(WIDTH),
  quality: whole(QUALITY),
  rotate: oneOf([0, 90, 180, 270]),
  flip: oneOf(['none', 'horizontal', 'vertical', 'both']),
  credit: whole(CREDIT),
};

/** Names of the attributes that {@link readSubscribeOptions} reads. */
export const OPTION_ATTRIBUTES = Object.keys(RULES);

/** An attribute is invalid. The message names it, what is allowed and the value. */
export class AttributeError extends Error {}

/**
 * The options that the attributes of an element stand for. An empty attribute is ignored.
 *
 * @throws AttributeError for the first invalid one: the hub would refuse it, for a stream without a visible message
 */
export function readSubscribeOptions(element: Pick<Element, 'getAttribute'>): SubscribeOptions {
  const options = Object.entries(RULES).flatMap(([attribute, { read, allowed }]) => {
    const text = element.getAttribute(attribute)?.trim() ?? '';
    if (text === '') return [];
    const value = read(text);
    if (value === undefined) throw new AttributeError(mustBe(attribute, allowed, text));
    return [[attribute, value] as const];
  });
  return Object.fromEntries(options);
}

/** The address of the hub in the attribute `src`; undefined without one. @throws AttributeError */
export function readServer(element: Pick<Element, 'getAttribute'>): string | undefined {
  const text = element.getAttribute('src') ?? undefined;
  if (text === undefined) return undefined;
  const base = globalThis.location?.href;
  if (URL.canParse(text, base) && /^(http|ws)s?:$/.test(new URL(text, base).protocol)) return text;
  throw new AttributeError(mustBe('src', 'a path, or an address that begins with http:// or https://', text));
}

function whole(range: Range): Rule {
  return {
    read: (text) => (isWhole(Number(text), range) ? Number(text) : undefined),
    allowed: wholeNumberFrom(range),
  };
}

function oneOf(values: readonly (number | string)[]): Rule {
  return { read: (text) => values.find((value) => String(value) === text), allowed: listOf(values) };
}

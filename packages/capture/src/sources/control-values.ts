import { type CameraControl, type ControlValue, type ControlValues, FramehubError } from '@framehub/frame';
import { byLikeness, findControl } from './control-names.js';

type Wish = ControlValues[string];

/** Values by the names that the camera has for its controls. */
export type ReadValues = ReadonlyMap<string, ControlValue>;

/**
 * Reads wishes against the controls that a camera has. Throws `CAPTURE_NO_CONTROLS`, `CAPTURE_CONTROL_UNKNOWN`,
 * `CAPTURE_CONTROL_READ_ONLY` or `CAPTURE_CONTROL_RANGE`.
 */
export function readWishes(controls: readonly CameraControl[], wishes: ControlValues): ReadValues {
  if (controls.length === 0) throw noControls();
  return new Map(
    Object.entries(wishes).map(([name, wish]) => {
      const control = settable(controls, name);
      return [control.name, readWish(control, wish)];
    }),
  );
}

/**
 * The same for what was configured, of which as much is taken as there is: a number out of range becomes the nearest
 * allowed, and what cannot be set is left alone. Buttons are left alone, too: they are pressed when somebody asks for
 * it, and not at each start.
 * @param warn is told of each difference
 */
export function fitWishes(
  controls: readonly CameraControl[],
  wishes: ControlValues,
  warn: (message: string) => void,
): ReadValues {
  const values = new Map<string, ControlValue>();
  for (const [name, wish] of Object.entries(wishes)) {
    try {
      if (controls.length === 0) throw noControls();
      const control = settable(controls, name);
      if (control.type === 'button')
        warn(`a control is left alone: ${control.name} is a button, pressed only when asked for`);
      else values.set(control.name, fitWish(control, wish, warn));
    } catch (error) {
      if (!(error instanceof FramehubError)) throw error;
      warn(`a control is left alone: ${error.message}`);
    }
  }
  return values;
}

export function noControls(): FramehubError {
  return new FramehubError('CAPTURE_NO_CONTROLS', 'this source has no controls');
}

/** A value for people: a menu's with its text. */
export function shownValue({ menu }: CameraControl, value: ControlValue): string {
  const item = menu?.find((candidate) => candidate.value === value);
  return item && item.label !== String(value) ? `${value} (${item.label})` : String(value);
}

/** A whole number as controls have it: `bigint` only where `number` is not exact. */
export function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function settable(controls: readonly CameraControl[], name: string): CameraControl {
  const control = findControl(controls, name);
  if (!control) {
    const names = byLikeness(
      name,
      controls.map((candidate) => candidate.name),
    );
    const message = `there is no control ${name}; this camera has ${names.join(', ')}`;
    throw new FramehubError('CAPTURE_CONTROL_UNKNOWN', message, { name, names });
  }
  if (control.readOnly)
    throw new FramehubError('CAPTURE_CONTROL_READ_ONLY', `control ${name} can be read but not set`, { name });
  return control;
}

function readWish(control: CameraControl, wish: Wish): ControlValue {
  const value = control.type === 'string' ? readText(control, wish) : readNumber(control, wish);
  if (value === undefined) throw outOfRange(control, wish);
  return value;
}

function fitWish(control: CameraControl, wish: Wish, warn: (message: string) => void): ControlValue {
  try {
    return readWish(control, wish);
  } catch (error) {
    const number = numberOf(wish);
    const nearest = number === undefined ? undefined : nearestAllowed(control, number);
    if (nearest === undefined || !(error instanceof FramehubError)) throw error;
    warn(`${error.message}; ${nearest} is used`);
    return nearest;
  }
}

function readText({ minimum, maximum, step }: CameraControl, wish: Wish): string | undefined {
  const text = String(wish);
  const bytes = BigInt(Buffer.byteLength(text));
  return typeof wish !== 'boolean' && isOnScale(bytes, minimum, maximum, step) ? text : undefined;
}

function readNumber(control: CameraControl, wish: Wish): number | bigint | undefined {
  const { type, menu, minimum, maximum, step } = control;
  if (type === 'button') return wish ? 1 : undefined;
  const named = typeof wish === 'string' ? menu?.find(({ label }) => isSameText(label, wish)) : undefined;
  if (named) return named.value;
  const number = numberOf(wish);
  if (number === undefined) return undefined;
  const allowed =
    menu && menu.length > 0
      ? menu.some(({ value }) => BigInt(value) === number)
      : type === 'bitmask'
        ? number >= 0n && (number & ~BigInt(maximum)) === 0n
        : isOnScale(number, minimum, maximum, step);
  return allowed ? exactNumber(number) : undefined;
}

/** Undefined where none is nearer than another: a menu has items, not amounts. */
function nearestAllowed(control: CameraControl, number: bigint): number | bigint | undefined {
  if (control.type !== 'integer' && control.type !== 'integer64') return undefined;
  const [minimum, maximum] = [BigInt(control.minimum), BigInt(control.maximum)];
  const step = control.step > 1 ? BigInt(control.step) : 1n;
  const last = maximum - ((maximum - minimum) % step);
  if (number <= minimum) return exactNumber(minimum);
  if (number >= last) return exactNumber(last);
  return exactNumber(minimum + ((number - minimum + step / 2n) / step) * step);
}

type Bound = number | bigint;

function isOnScale(number: bigint, minimum: Bound, maximum: Bound, step: Bound): boolean {
  if (number < minimum || number > maximum) return false;
  return step <= 1 || (number - BigInt(minimum)) % BigInt(step) === 0n;
}

/** Exactly what was meant: a number of JavaScript beyond 2^53 may have been another one once. */
function numberOf(wish: Wish): bigint | undefined {
  if (typeof wish === 'string') return /^[+-]?\d+$/.test(wish) ? BigInt(wish) : undefined;
  if (typeof wish === 'number' && !Number.isSafeInteger(wish)) return undefined;
  return BigInt(wish);
}

const isSameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function outOfRange(control: CameraControl, wish: Wish): FramehubError {
  const { name } = control;
  const allowed = describeAllowed(control);
  // Details cross JSON, which has no bigint.
  const value = typeof wish === 'bigint' ? String(wish) : wish;
  const shown = typeof wish === 'string' ? JSON.stringify(wish) : wish;
  const message = `control ${name} cannot be ${shown}: allowed is ${allowed}`;
  return new FramehubError('CAPTURE_CONTROL_RANGE', message, { name, value, allowed });
}

function describeAllowed(control: CameraControl): string {
  const { type, menu, minimum, maximum, step } = control;
  const steps = step > 1 ? ` in steps of ${step}` : '';
  if (menu && menu.length > 0) return menu.map(({ value }) => shownValue(control, value)).join(', ');
  switch (type) {
    case 'button':
      return 'true, which presses it';
    case 'boolean':
      return 'true or false';
    case 'bitmask':
      return `a number made of the bits of 0x${maximum.toString(16)}`;
    case 'string':
      return `a text of ${minimum} to ${maximum} bytes${steps}`;
    case 'integer64':
      return `a whole number from ${minimum} to ${maximum}${steps}, as text where it is beyond ${Number.MAX_SAFE_INTEGER}`;
    default:
      return `a whole number from ${minimum} to ${maximum}${steps}`;
  }
}

import { type CameraControl, type ControlValue, type ControlValues, FramehubError, mustBe } from '@framehub/frame';

type Requested = ControlValues[string];

/** Values by the names that the camera has for its controls. */
export type ReadValues = ReadonlyMap<string, ControlValue>;

/**
 * Reads requested values as the camera's controls take them.
 *
 * @throws `CAPTURE_NO_CONTROLS`, `CAPTURE_CONTROL_UNKNOWN`, `CAPTURE_CONTROL_READ_ONLY` or `CAPTURE_CONTROL_RANGE`
 */
export function readValues(controls: readonly CameraControl[], wanted: ControlValues): ReadValues {
  if (controls.length === 0) throw noControls();
  return new Map(
    Object.entries(wanted).map(([name, requested]) => {
      const control = settable(controls, name);
      return [control.name, readValue(control, requested)];
    }),
  );
}

/**
 * Reads configured values, of which as many are used as possible: a number out of range becomes the nearest that is
 * allowed, and what cannot be set is skipped. Buttons are skipped too: they are pressed on request, not at each start.
 *
 * @param warn called for each difference
 */
export function fitValues(
  controls: readonly CameraControl[],
  wanted: ControlValues,
  warn: (message: string) => void,
): ReadValues {
  const values = new Map<string, ControlValue>();
  for (const [name, requested] of Object.entries(wanted)) {
    try {
      if (controls.length === 0) throw noControls();
      const control = settable(controls, name);
      if (control.type === 'button')
        warn(`control skipped: ${control.name} is a button, which is pressed on request only`);
      else values.set(control.name, fitValue(control, requested, warn));
    } catch (error) {
      if (!(error instanceof FramehubError)) throw error;
      warn(`control skipped: ${error.message}`);
    }
  }
  return values;
}

export function noControls(): FramehubError {
  return new FramehubError('CAPTURE_NO_CONTROLS', 'this source has no controls');
}

/** A human-readable value: a menu's with its text. */
export function controlText({ menu }: CameraControl, value: ControlValue): string {
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
    const names = bySimilarity(
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

function readValue(control: CameraControl, requested: Requested): ControlValue {
  const value = control.type === 'string' ? readText(control, requested) : readNumber(control, requested);
  if (value === undefined) throw outOfRange(control, requested);
  return value;
}

function fitValue(control: CameraControl, requested: Requested, warn: (message: string) => void): ControlValue {
  try {
    return readValue(control, requested);
  } catch (error) {
    const number = numberOf(requested);
    const nearest = number === undefined ? undefined : nearestAllowed(control, number);
    if (nearest === undefined || !(error instanceof FramehubError)) throw error;
    warn(`${error.message}; ${nearest} is used`);
    return nearest;
  }
}

function readText({ minimum, maximum, step }: CameraControl, requested: Requested): string | undefined {
  const text = String(requested);
  const bytes = BigInt(Buffer.byteLength(text));
  return typeof requested !== 'boolean' && isOnScale(bytes, minimum, maximum, step) ? text : undefined;
}

function readNumber(control: CameraControl, requested: Requested): number | bigint | undefined {
  const { type, menu, minimum, maximum, step } = control;
  if (type === 'button') return requested ? 1 : undefined;
  const named = typeof requested === 'string' ? menu?.find(({ label }) => isSameText(label, requested)) : undefined;
  if (named) return named.value;
  const number = numberOf(requested);
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

/** Exactly the number that was written: beyond 2^53 a number of JavaScript may have been rounded. */
function numberOf(requested: Requested): bigint | undefined {
  if (typeof requested === 'string') return /^[+-]?\d+$/.test(requested) ? BigInt(requested) : undefined;
  if (typeof requested === 'number' && !Number.isSafeInteger(requested)) return undefined;
  return BigInt(requested);
}

const isSameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function outOfRange(control: CameraControl, requested: Requested): FramehubError {
  const { name } = control;
  const allowed = describeAllowed(control);
  // Details cross JSON, which has no bigint.
  const value = typeof requested === 'bigint' ? String(requested) : requested;
  return new FramehubError('CAPTURE_CONTROL_RANGE', mustBe(`control ${name}`, allowed, requested), {
    name,
    value,
    allowed,
  });
}

function describeAllowed(control: CameraControl): string {
  const { type, menu, minimum, maximum, step } = control;
  const steps = step > 1 ? ` in steps of ${step}` : '';
  if (menu && menu.length > 0) return menu.map(({ value }) => controlText(control, value)).join(', ');
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

/**
 * Names that one control has had. Source: drivers/media/usb/uvc/uvc_ctrl.c before and since Linux 5.19, which took
 * the names of drivers/media/v4l2-core/v4l2-ctrls-defs.c.
 */
const ALIASES: readonly (readonly string[])[] = [
  ['auto_exposure', 'exposure_auto'],
  ['exposure_time_absolute', 'exposure_absolute'],
  ['exposure_dynamic_framerate', 'exposure_auto_priority'],
  ['focus_automatic_continuous', 'focus_auto'],
  ['white_balance_automatic', 'white_balance_temperature_auto', 'white_balance_component_auto'],
  ['hue_automatic', 'hue_auto'],
];

/** By its name, or by the one that it has under an older or a newer kernel. */
export function findControl<T extends CameraControl>(controls: readonly T[], name: string): T | undefined {
  const aliases = ALIASES.find((names) => names.includes(name)) ?? [];
  return [name, ...aliases].map((one) => controls.find((control) => control.name === one)).find((found) => found);
}

/** Names sorted by similarity to a mistyped or shortened one: by how many pairs of letters they share. */
export function bySimilarity(name: string, names: readonly string[]): string[] {
  const wanted = pairsOf(name);
  // Sørensen-Dice coefficient.
  const similarity = (candidate: string): number => {
    const pairs = pairsOf(candidate);
    const shared = [...pairs].filter((pair) => wanted.has(pair)).length;
    return (2 * shared) / (pairs.size + wanted.size);
  };
  return names
    .map((candidate) => ({ candidate, score: similarity(candidate) }))
    .sort((a, b) => b.score - a.score)
    .map(({ candidate }) => candidate);
}

function pairsOf(word: string): Set<string> {
  const padded = ` ${word.toLowerCase()} `;
  return new Set(Array.from({ length: padded.length - 1 }, (_, at) => padded.slice(at, at + 2)));
}

/** A control with its V4L2 number. */
export interface DeviceControl extends CameraControl {
  /** V4L2_CID_…; undefined for what V4L2 has no number for. */
  readonly id: number | undefined;
}

/** A switch that decides whether an amount can be set. */
export interface Automatic {
  readonly control: DeviceControl;
  /** Whether the camera controls the amount by itself now. */
  readonly on: boolean;
  /** The switch's value with which the amount can be set. */
  readonly manual: number;
  readonly amount: string;
}

/** Source: linux/v4l2-controls.h. */
export const ControlId = {
  BRIGHTNESS: 0x980900,
  HUE: 0x980903,
  AUTO_WHITE_BALANCE: 0x98090c,
  RED_BALANCE: 0x98090e,
  BLUE_BALANCE: 0x98090f,
  EXPOSURE: 0x980911,
  AUTOGAIN: 0x980912,
  GAIN: 0x980913,
  HUE_AUTO: 0x980919,
  WHITE_BALANCE_TEMPERATURE: 0x98091a,
  CHROMA_AGC: 0x98091d,
  AUTOBRIGHTNESS: 0x980920,
  CHROMA_GAIN: 0x980924,
  EXPOSURE_AUTO: 0x9a0901,
  EXPOSURE_ABSOLUTE: 0x9a0902,
  FOCUS_ABSOLUTE: 0x9a090a,
  FOCUS_AUTO: 0x9a090c,
  IRIS_ABSOLUTE: 0x9a0911,
  ISO_SENSITIVITY: 0x9a0917,
  ISO_SENSITIVITY_AUTO: 0x9a0918,
} as const;

/** Of enum v4l2_exposure_auto_type: time and iris are manual, only the time, only the iris. */
const [MANUAL, SHUTTER_PRIORITY, APERTURE_PRIORITY] = [1, 2, 3] as const;
const OFF = 0;

/**
 * Amounts, their switches, and the switches' values with which they can be set, the preferred one first.
 * Source: `master_id` and `master_manual` in drivers/media/usb/uvc/uvc_ctrl.c; the others after the descriptions in
 * V4L2's documentation, "User Controls" and "Camera Control Reference".
 */
const AUTOMATICS: ReadonlyMap<number, { readonly automatic: number; readonly manual: readonly number[] }> = new Map([
  [ControlId.EXPOSURE_ABSOLUTE, { automatic: ControlId.EXPOSURE_AUTO, manual: [MANUAL, SHUTTER_PRIORITY] }],
  [ControlId.EXPOSURE, { automatic: ControlId.EXPOSURE_AUTO, manual: [MANUAL, SHUTTER_PRIORITY] }],
  [ControlId.IRIS_ABSOLUTE, { automatic: ControlId.EXPOSURE_AUTO, manual: [MANUAL, APERTURE_PRIORITY] }],
  [ControlId.ISO_SENSITIVITY, { automatic: ControlId.ISO_SENSITIVITY_AUTO, manual: [OFF] }],
  [ControlId.GAIN, { automatic: ControlId.AUTOGAIN, manual: [OFF] }],
  [ControlId.WHITE_BALANCE_TEMPERATURE, { automatic: ControlId.AUTO_WHITE_BALANCE, manual: [OFF] }],
  [ControlId.RED_BALANCE, { automatic: ControlId.AUTO_WHITE_BALANCE, manual: [OFF] }],
  [ControlId.BLUE_BALANCE, { automatic: ControlId.AUTO_WHITE_BALANCE, manual: [OFF] }],
  [ControlId.FOCUS_ABSOLUTE, { automatic: ControlId.FOCUS_AUTO, manual: [OFF] }],
  [ControlId.HUE, { automatic: ControlId.HUE_AUTO, manual: [OFF] }],
  [ControlId.BRIGHTNESS, { automatic: ControlId.AUTOBRIGHTNESS, manual: [OFF] }],
  [ControlId.CHROMA_GAIN, { automatic: ControlId.CHROMA_AGC, manual: [OFF] }],
]);

/** The switches that these amounts have, as far as the camera has both. */
export function automaticsOf(controls: readonly DeviceControl[], names: Iterable<string>): Automatic[] {
  return [...names].flatMap((name) => automaticOf(controls, name) ?? []);
}

function automaticOf(controls: readonly DeviceControl[], amount: string): Automatic | undefined {
  const id = controls.find(({ name }) => name === amount)?.id;
  const rule = id === undefined ? undefined : AUTOMATICS.get(id);
  const control = rule && controls.find((candidate) => candidate.id === rule.automatic);
  if (!control || control.readOnly) return undefined;
  const possible = rule.manual.filter((value) => control.menu?.some((item) => item.value === value) ?? true);
  const [manual] = possible;
  if (manual === undefined) return undefined;
  const on = control.value !== undefined && !possible.some((value) => value === control.value);
  return { control, on, manual, amount };
}

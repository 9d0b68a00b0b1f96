import type { CameraControl } from '@framehub/frame';

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

import { FramehubError, mustBe } from '@framehub/frame';

/** What `-manexp` and `-exposure` say. */
export interface ExposureWish {
  /** A value of the camera's menu (1 manual, 3 automatic), or OpenCV's older 0.25 manual and 0.75 automatic. */
  readonly mode: number;
  /** In the driver's units; without effect when the mode is automatic. */
  readonly value: number;
}

/** The part of a V4L2 control that matters here. */
export interface ExposureControl {
  readonly name: string;
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
  readonly menu: readonly { readonly value: number; readonly label: string }[] | undefined;
}

/** Names before and since Linux 5.19. */
const MODE_NAMES = ['auto_exposure', 'exposure_auto'];
const VALUE_NAMES = ['exposure_time_absolute', 'exposure_absolute'];

/** Source: V4L2's enum v4l2_exposure_auto_type: 0 auto, 1 manual, 2 shutter priority, 3 aperture priority. */
const MANUAL_MODES = [1, 2];
const OPENCV_MODES: Readonly<Record<number, number>> = { 0.25: 1, 0.75: 3 };

/**
 * Turns the wish into values of the camera's own controls, whatever its kernel calls them.
 * @throws `CLI_EXPOSURE_UNSUPPORTED` when the camera has no such controls, or not this value
 */
export function exposureControls(
  { mode, value }: ExposureWish,
  controls: readonly ExposureControl[],
  camera: string,
): Record<string, number> {
  const modeControl = controls.find(({ name }) => MODE_NAMES.includes(name));
  const valueControl = controls.find(({ name }) => VALUE_NAMES.includes(name));
  if (!modeControl || !valueControl)
    throw unsupported(`${camera} has no exposure control: leave out --manexp and --exposure`);
  const menuValue = OPENCV_MODES[mode] ?? mode;
  const modes = modeControl.menu ?? [];
  if (!modes.some((item) => item.value === menuValue)) {
    const allowed = modes.map((item) => `${item.value} (${item.label})`).join(', ');
    throw unsupported(mustBe('--manexp', `${allowed} for ${camera}`, mode));
  }
  if (!MANUAL_MODES.includes(menuValue)) return { [modeControl.name]: menuValue };
  const { minimum, maximum } = valueControl;
  if (!Number.isInteger(value) || value < minimum || value > maximum)
    throw unsupported(mustBe('--exposure', `a whole number from ${minimum} to ${maximum} for ${camera}`, value));
  return { [modeControl.name]: menuValue, [valueControl.name]: value };
}

/** The same for a camera that cannot be asked: by the newest names, which stand for the older ones, too. */
export function exposureWithoutCamera({ mode, value }: ExposureWish): Record<string, number> {
  const menuValue = OPENCV_MODES[mode] ?? mode;
  const isManual = MANUAL_MODES.includes(menuValue);
  return { auto_exposure: menuValue, ...(isManual && { exposure_time_absolute: value }) };
}

function unsupported(message: string): FramehubError {
  return new FramehubError('CLI_EXPOSURE_UNSUPPORTED', message);
}

import { findDevice, parseDeviceName } from '@framehub/capture';
import { codeOf, FramehubError, type Logger, mustBe } from '@framehub/frame';
import { detectCameras } from '@framehub/hub';
import { type CameraConfig, withoutSource } from '@framehub/hub/config';
import { type Control, V4l2Camera } from 'node-v4l2-camera';
import type { CameraOptionValues } from './options.js';
import type { Request } from './to-config.js';

/** What of usbStream's command line differs from framehub's: its option files still work. */

/** Options that had another name: usbStream's, and an earlier one of `timelapse`. */
const NAMES: Readonly<Record<string, string>> = { '--framerate': '--fps', '--patience': '--timeout' };

/** framehub's spelling of an option: two dashes instead of one, and the present name. */
export function optionFlag(text: string): string {
  // Short options stay: `-o`, and usbStream's comment `-#`.
  const flag = text.replace(/^-(?=[^-].)/, '--');
  return NAMES[flag] ?? flag;
}

/** What `-manexp` and `-exposure` ask for. */
export interface ExposureRequest {
  /** A value of the camera's menu (1 manual, 3 automatic), or OpenCV's older 0.25 manual and 0.75 automatic. */
  readonly mode: number;
  /** In the driver's units; without effect when the mode is automatic. */
  readonly value: number;
}

/** The part of a V4L2 control that exposure needs. */
export type ExposureControl = Pick<Control, 'name' | 'minimum' | 'maximum' | 'menu'>;

/** Names before and since Linux 5.19. */
const MODE_NAMES = ['auto_exposure', 'exposure_auto'];
const VALUE_NAMES = ['exposure_time_absolute', 'exposure_absolute'];

/** Source: V4L2's enum v4l2_exposure_auto_type: 0 auto, 1 manual, 2 shutter priority, 3 aperture priority. */
const MANUAL_MODES = [1, 2];
const OPENCV_MODES: Readonly<Record<number, number>> = { 0.25: 1, 0.75: 3 };

/** A request with `-manexp` and `-exposure` as controls of each camera. As with usbStream, both are needed. */
export function withExposure(request: Request, { manexp, exposure }: CameraOptionValues, logger: Logger): Request {
  if (manexp === undefined || exposure === undefined) {
    if (manexp !== exposure) logger.warn({}, '--manexp and --exposure have no effect unless both are given');
    return request;
  }
  const exposed = (name: string, camera: CameraConfig): CameraConfig => {
    if (camera.source.type !== 'v4l2') return camera;
    const controls = exposureControls({ mode: manexp, value: exposure }, controlsOf(camera.source.device), name);
    return { ...camera, controls: { ...camera.controls, ...controls } };
  };
  const { config, unnamed } = request;
  const cameras = Object.entries(config.cameras).map(([name, camera]) => [name, exposed(name, camera)] as const);
  if (cameras.length > 0) return { ...request, config: { ...config, cameras: Object.fromEntries(cameras) } };
  const first = exposed('camera0', { ...unnamed, source: { type: 'v4l2', device: '0' } });
  return { ...request, unnamed: withoutSource(first) };
}

/**
 * Turns the request into values of the camera's own controls, whatever its kernel calls them.
 *
 * @param controls undefined for a camera that cannot be opened now: the newest names are used, which stand for the older
 *   ones too
 * @throws FramehubError `CLI_EXPOSURE_UNSUPPORTED` when the camera has no such controls, or not this value
 */
export function exposureControls(
  { mode, value }: ExposureRequest,
  controls: readonly ExposureControl[] | undefined,
  camera: string,
): Record<string, number> {
  const menuValue = OPENCV_MODES[mode] ?? mode;
  const isManual = MANUAL_MODES.includes(menuValue);
  if (!controls) return { auto_exposure: menuValue, ...(isManual && { exposure_time_absolute: value }) };
  const modeControl = controls.find(({ name }) => MODE_NAMES.includes(name));
  const valueControl = controls.find(({ name }) => VALUE_NAMES.includes(name));
  if (!modeControl || !valueControl)
    throw unsupported(`${camera} has no exposure control: leave out --manexp and --exposure`);
  const modes = modeControl.menu ?? [];
  if (!modes.some((item) => item.value === menuValue)) {
    const allowed = modes.map((item) => `${item.value} (${item.label})`).join(', ');
    throw unsupported(mustBe('--manexp', `${allowed} for ${camera}`, mode));
  }
  if (!isManual) return { [modeControl.name]: menuValue };
  const { minimum, maximum } = valueControl;
  if (!Number.isInteger(value) || value < minimum || value > maximum)
    throw unsupported(mustBe('--exposure', `a whole number from ${minimum} to ${maximum} for ${camera}`, value));
  return { [modeControl.name]: menuValue, [valueControl.name]: value };
}

/** Undefined: the camera cannot be opened now. */
function controlsOf(device: string): Control[] | undefined {
  let camera: V4l2Camera | undefined;
  try {
    const name = parseDeviceName(device);
    camera = V4l2Camera.open(name ? findDevice(name, detectCameras().devices) : device);
    return camera.controls();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  } finally {
    camera?.close();
  }
}

function unsupported(message: string): FramehubError {
  return new FramehubError('CLI_EXPOSURE_UNSUPPORTED', message);
}

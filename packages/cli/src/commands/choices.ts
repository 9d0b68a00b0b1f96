import { FramehubError } from '@framehub/frame';
import { type Detected, describeDevices, detectCameras } from '@framehub/hub';

/**
 * The error of a camera that the command line names, with the connected cameras in `details.choices`, from which the user
 * can choose another.
 */
export function withChoices(error: FramehubError, detect: () => Detected = detectCameras): FramehubError {
  const { code, message, details } = error;
  if (code !== 'CAPTURE_DEVICE_GONE' && code !== 'CAPTURE_DEVICE_AMBIGUOUS') return error;
  const { devices, problems } = detect();
  const choices = describeDevices(devices);
  if (code === 'CAPTURE_DEVICE_AMBIGUOUS') return new FramehubError('HUB_SEVERAL_CAMERAS', message, { choices });
  const [only, another] = devices;
  const connected = only ? `${another ? 'these are' : 'this one is'} connected:` : 'no camera is connected';
  const device = String(details.device);
  const requested = /^\d+$/.test(device) ? `number ${device}` : device;
  return new FramehubError('CLI_NO_SUCH_CAMERA', `there is no camera ${requested}: ${problems[0] ?? connected}`, {
    requested,
    choices,
  });
}

/** Throws the error of a camera of the command line that delivers no frames. */
export function throwWithChoices(error: unknown): never {
  throw error instanceof FramehubError ? withChoices(error) : error;
}

import { codeOf, FramehubError } from '@framehub/frame';
import { holdersOf, timesOpenHere } from './device-holders.js';

/**
 * What went wrong with a device, in framehub's terms and with what to do about it. What is no error of the system's, such
 * as a fault of our own, is returned as it is.
 *
 * @param device the path that was opened
 * @param name what the camera is called in the configuration, where that is something else
 */
export function deviceError(error: SystemError, device: string, name?: string): FramehubError;
export function deviceError(error: unknown, device: string, name?: string): unknown;
export function deviceError(error: unknown, device: string, name = device): unknown {
  if (!isSystemError(error)) return error;
  const { code: errno, syscall } = error;
  const subject = name === device ? device : `${name} (${device})`;
  const diagnosis = errno === 'EBUSY' ? busy(syscall, device, subject) : diagnose(errno, syscall, subject);
  const [code, message] = diagnosis ?? ['CAPTURE_DEVICE_ERROR', error.message];
  return new FramehubError(code, message, { device, errno, syscall }, { cause: error });
}

interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
}

function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error && codeOf(error) !== undefined && 'syscall' in error && typeof error.syscall === 'string'
  );
}

/** To be called while the device is still open, unless it was opening that failed. */
function busy(syscall: string, device: string, subject: string): readonly [code: string, message: string] {
  const holders = holdersOf(device);
  const ours = syscall === 'open' ? 0 : 1;
  const say = (what: string) => ['CAPTURE_DEVICE_BUSY', `${subject} ${what}`] as const;
  if (holders.length > 0) return say(`is in use by ${holders.join(', ')}: close that, or choose another camera`);
  if (timesOpenHere(device) > ours)
    return say('is in use by another camera of this framehub: give each camera a device of its own');
  // The kernel's answer also where the camera was pulled out while its power came on.
  if (syscall === 'open') return say('cannot be opened yet: it is waking up, or in use by another program');
  return say('is in use by another program: close that, or choose another camera');
}

function diagnose(
  errno: string,
  syscall: string,
  device: string,
): readonly [code: string, message: string] | undefined {
  switch (errno) {
    case 'EACCES':
    case 'EPERM':
      return [
        'CAPTURE_NO_PERMISSION',
        `${device} may not be opened: run \`sudo usermod -aG video $USER\`, then log out and in again`,
      ];
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
    // A moment before the kernel has taken note of it.
    case 'ESHUTDOWN':
      return [
        'CAPTURE_DEVICE_GONE',
        `${device} is not there: plug the camera in, or list cameras with \`framehub devices\``,
      ];
    case 'ENOSPC':
      return [
        'CAPTURE_NO_BANDWIDTH',
        `${device} finds the USB bus full: take MJPG, a smaller size or a lower rate (\`onNoBandwidth: fallback\` does), or plug it into another USB controller`,
      ];
    case 'ENOSYS':
      return [
        'CAPTURE_UNSUPPORTED_PLATFORM',
        `${device}: cameras of this kind (V4L2) need Linux; other sources work here`,
      ];
    case 'ENOTTY':
    case 'EISDIR':
      return notACamera(device);
    case 'EINVAL':
      return syscall === 'VIDIOC_QUERYCAP' ? notACamera(device) : undefined;
    default:
      return undefined;
  }
}

function notACamera(device: string): readonly [code: string, message: string] {
  return ['CAPTURE_NOT_A_CAMERA', `${device} gives no pictures: list cameras with \`framehub devices\``];
}

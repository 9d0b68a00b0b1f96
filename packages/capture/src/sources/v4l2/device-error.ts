import { codeOf, FramehubError, recordOf } from '@framehub/frame';
import { holdersOf } from './device-holders.js';

/** What went wrong with a device, in framehub's terms and with what to do about it. */
export function deviceError(error: unknown, device: string): FramehubError {
  if (error instanceof FramehubError) return error;
  const errno = codeOf(error) ?? 'INTERNAL';
  const syscall = typeof error === 'object' && error !== null && 'syscall' in error ? String(error.syscall) : '';
  const [code, message] = diagnose(errno, syscall, device) ?? ['CAPTURE_DEVICE_ERROR', recordOf(error).message];
  return new FramehubError(code, message, { device, errno, syscall }, { cause: error });
}

function diagnose(
  errno: string,
  syscall: string,
  device: string,
): readonly [code: string, message: string] | undefined {
  switch (errno) {
    case 'EBUSY': {
      const holders = holdersOf(device);
      const who = holders.length > 0 ? holders.join(', ') : 'another program';
      return ['CAPTURE_DEVICE_BUSY', `${device} is in use by ${who}: close that, or choose another camera`];
    }
    case 'EACCES':
    case 'EPERM':
      return [
        'CAPTURE_NO_PERMISSION',
        `${device} may not be opened: run \`sudo usermod -aG video $USER\`, then log out and in again`,
      ];
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
      return [
        'CAPTURE_DEVICE_GONE',
        `${device} is not there: plug the camera in, or list cameras with \`framehub devices\``,
      ];
    case 'ENOSPC':
      return [
        'CAPTURE_NO_BANDWIDTH',
        `${device} finds the USB bus full: take MJPG, a smaller size or a lower rate, or plug it into another USB controller`,
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

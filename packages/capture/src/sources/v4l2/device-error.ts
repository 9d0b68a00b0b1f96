import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { codeOf, FramehubError } from '@framehub/frame';

/**
 * A system error of a device as a `CAPTURE_…` error, with what to do about it. Any other error is returned unchanged.
 *
 * @param device the path that was opened
 * @param name the camera's name in the configuration, where that differs
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
  const own = syscall === 'open' ? 0 : 1;
  const error = (what: string) => ['CAPTURE_DEVICE_BUSY', `${subject} ${what}`] as const;
  if (holders.length > 0) return error(`is in use by ${holders.join(', ')}: close that, or choose another camera`);
  if (timesOpenHere(device) > own)
    return error('is in use by another camera of this framehub: give each camera a device of its own');
  // The kernel's answer also where the camera was pulled out while its power came on.
  if (syscall === 'open') return error('cannot be opened yet: it is waking up, or in use by another program');
  return error('is in use by another program: close that, or choose another camera');
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
        `${device} has no room on the USB bus: use MJPG, a smaller size or a lower frame rate (\`onNoBandwidth: fallback\` does), or plug it into another USB controller`,
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
  return ['CAPTURE_NOT_A_CAMERA', `${device} is not a camera: list cameras with \`framehub devices\``];
}

/**
 * Programs that have a device open, human-readable: `ffmpeg (process 1234)`. Only processes that this user may inspect are
 * found, so an empty list proves nothing. Source: proc(5).
 */
export function holdersOf(device: string): string[] {
  const node = attempt(() => realpathSync(device));
  if (!node) return [];
  const others = (attempt(() => readdirSync('/proc')) ?? []).filter(
    (entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid,
  );
  return others.filter((pid) => timesOpen(pid, node) > 0).map((pid) => `${nameOf(pid)} (process ${pid})`);
}

/** How often this process has a device open, on all threads. */
function timesOpenHere(device: string): number {
  const node = attempt(() => realpathSync(device));
  return node ? timesOpen('self', node) : 0;
}

function timesOpen(pid: string, node: string): number {
  const folder = `/proc/${pid}/fd`;
  const files = attempt(() => readdirSync(folder)) ?? [];
  return files.filter((fd) => attempt(() => readlinkSync(`${folder}/${fd}`)) === node).length;
}

/** By its file: what a process calls itself may be the name of a thread, as Node's does from 24 on. */
function nameOf(pid: string): string {
  return attempt(() => basename(readlinkSync(`/proc/${pid}/exe`))) || 'a program';
}

/** Processes start and exit while they are read, and those of other users cannot be read. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

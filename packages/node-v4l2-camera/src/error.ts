import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** The values of `errno` by name. */
export const Errno = constants.errno;

/** Which call failed, on which device, and how. */
export interface V4l2ErrorDetails {
  /** The name of `errno`: `EBUSY`, `EACCES`, `ENODEV`, `ENOENT` …; `ENOSYS` where Video4Linux is not available. */
  readonly code: string;
  /** The number of `errno`; 0 if no system call was made. */
  readonly errno: number;
  /** The call that failed: `open`, `mmap`, `VIDIOC_S_FMT` … */
  readonly syscall: string;
  /** The device node; empty if the error is not about one node. */
  readonly path: string;
}

/**
 * A V4L2 call failed. `message` is one human-readable line, with advice if possible. Check `code`: `instanceof`
 * does not work for errors from another thread.
 */
export class V4l2Error extends Error implements V4l2ErrorDetails {
  override readonly name = 'V4l2Error';
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path: string;

  /**
   * @param message what failed, in one line
   * @param details the call that failed
   */
  constructor(message: string, { code, errno, syscall, path }: V4l2ErrorDetails) {
    super(message);
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
    this.path = path;
  }
}

/** The error of a call. Without a `reason`, the message says what `errno` means for this call, and what to do about it. */
export function systemError(errno: number, syscall: string, path: string, reason?: string): V4l2Error {
  const [code, meaning] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, `error ${errno}`];
  const text = reason ?? ADVICE[code]?.(path, syscall) ?? meaning;
  return new V4l2Error(`${path}: ${text} (${syscall}: ${code})`, { code, errno, syscall, path });
}

const ADVICE: Readonly<Record<string, (path: string, syscall: string) => string>> = {
  EACCES: (path, syscall) =>
    syscall === 'open'
      ? `no permission to open it: add the user to the group that ls -l ${path} shows (sudo usermod -aG video "$USER", then log in again)`
      : 'the camera does not allow this now',
  EBUSY: (path) => `in use by another program: close that program (fuser -v ${path} shows it)`,
  ENODEV: () => 'the camera is gone: it was unplugged, or its driver was unloaded',
  ENXIO: () => 'no camera behind this node',
  ENOENT: (_path, syscall) => (syscall === 'open' ? 'no such device' : 'the device does not have this'),
  ENOSPC: (_path, syscall) =>
    syscall === 'VIDIOC_STREAMON'
      ? 'not enough USB bandwidth: use MJPG, a smaller size, a lower frame rate or another USB port'
      : 'no space left on device',
  ENOTTY: (_path, syscall) =>
    syscall === 'VIDIOC_QUERYCAP' ? 'not a Video4Linux device' : 'the driver does not support this request',
};

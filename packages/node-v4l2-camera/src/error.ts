import { getSystemErrorMap } from 'node:util';

/** What a V4L2 call failed with. Check `code`: `instanceof` breaks across threads. */
export class V4l2Error extends Error {
  override readonly name = 'V4l2Error';

  /**
   * @param code the name of `errno`: `EBUSY`, `EACCES`, `ENODEV`, `ENOENT` …; `ENOSYS` where there is no Video4Linux
   * @param errno its number; 0 where no system call was made
   * @param syscall the call that failed: `open`, `mmap`, `VIDIOC_S_FMT` …
   * @param path the device node
   */
  constructor(
    readonly code: string,
    readonly errno: number,
    readonly syscall: string,
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

/** The error of a system call, in words, with what can be done about it. */
export function systemError(errno: number, syscall: string, path: string): V4l2Error {
  const [code, words] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, `error ${errno}`];
  const advice = ADVICE[code]?.(path, syscall);
  return new V4l2Error(code, errno, syscall, path, `${path}: ${advice ?? words} (${syscall}: ${code})`);
}

const ADVICE: Readonly<Record<string, (path: string, syscall: string) => string>> = {
  EACCES: (path, syscall) =>
    syscall === 'open'
      ? `no permission to open it: add the user to the group that ls -l ${path} shows (sudo usermod -aG video "$USER", then log in again)`
      : 'the camera does not allow this now',
  EBUSY: (path) => `in use by another program: close that one (fuser -v ${path} names it)`,
  ENODEV: () => 'the camera is gone: unplugged, or its driver was unloaded',
  ENXIO: () => 'no camera behind this node',
  ENOENT: (_path, syscall) => (syscall === 'open' ? 'no such device' : 'no such thing on this device'),
  ENOSPC: (_path, syscall) =>
    syscall === 'VIDIOC_STREAMON'
      ? 'not enough USB bandwidth: take MJPG, a smaller size or a lower rate, or another USB port'
      : 'no space left on device',
  ENOTTY: (_path, syscall) =>
    syscall === 'VIDIOC_QUERYCAP' ? 'not a Video4Linux device' : 'the driver does not know this request',
};

import { allocate, type Cell } from './abi/cell.js';
import { codeOf, type Request, type Struct, type Union } from './abi/layout.js';
import { Errno, systemError, type V4l2Error } from './error.js';
import { type Libc, libc } from './libc.js';

const O_RDWR = 0o2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

/** An open device node and its ioctls. */
export class DeviceFile {
  readonly path: string;
  readonly libc: Libc;
  #fd: number;

  private constructor(path: string, fd: number, library: Libc) {
    this.path = path;
    this.libc = library;
    this.#fd = fd;
  }

  /** Opens a node in non-blocking mode. Throws V4l2Error. */
  static open(path: string): DeviceFile {
    const library = libc();
    const fd = library.open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd < 0) throw systemError(library.errno(), 'open', path);
    return new DeviceFile(path, fd, library);
  }

  /** -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  /** Zeroed memory for a C struct, laid out for this machine. */
  allocate<T extends Struct | Union>(type: T): Cell<T> {
    return allocate(type, this.libc.abi);
  }

  /** Returns a function that makes the ioctl each time it is called, and returns 0 or `errno`. */
  prepare<T extends Struct | Union>(request: Request<T>, cell: Cell<T>): () => number {
    const library = this.libc;
    const code = codeOf(request, library.abi);
    const { memory } = cell;
    return () => {
      if (this.#fd < 0) return Errno.EBADF;
      for (;;) {
        if (library.ioctl(this.#fd, code, memory) >= 0) return 0;
        const errno = library.errno();
        if (errno !== Errno.EINTR) return errno;
      }
    };
  }

  /** Makes one ioctl and returns 0 or `errno`. */
  attempt<T extends Struct | Union>(request: Request<T>, cell: Cell<T>): number {
    return this.prepare(request, cell)();
  }

  /** Makes one ioctl; throws V4l2Error when it fails. */
  call<T extends Struct | Union>(request: Request<T>, cell: Cell<T>): void {
    const errno = this.attempt(request, cell);
    if (errno) throw this.error(errno, request.name);
  }

  /** @param reason for the message; by default what `errno` means */
  error(errno: number, syscall: string, reason?: string): V4l2Error {
    return systemError(errno, syscall, this.path, reason);
  }

  /** Idempotent. */
  close(): void {
    if (this.#fd >= 0) this.libc.close(this.#fd);
    this.#fd = -1;
  }
}

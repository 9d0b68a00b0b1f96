import { allocate, type Cell } from './abi/cell.js';
import type { Struct, Union } from './abi/layout.js';
import { codeOf, type Request } from './abi/request.js';
import { systemError, type V4l2Error } from './error.js';
import { type Libc, libc } from './libc.js';

const O_RDWR = 0o2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const EINTR = 4;
const EBADF = 9;

/** An open device node and its ioctls. */
export class DeviceFile {
  #fd: number;

  private constructor(
    readonly path: string,
    fd: number,
    readonly libc: Libc,
  ) {
    this.#fd = fd;
  }

  /** Opens the node as it is named, not blocking. Throws V4l2Error. */
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

  /** Memory for a request of this machine's layout. */
  allocate<T extends Struct | Union>(type: T): Cell<T> {
    return allocate(type, this.libc.abi);
  }

  /** An ioctl ready to be made again and again: calls it and returns 0 or `errno`. */
  prepare<T extends Struct | Union>(request: Request<T>, cell: Cell<T>): () => number {
    const { libc } = this;
    const code = codeOf(request, libc.abi);
    const { memory } = cell;
    return () => {
      if (this.#fd < 0) return EBADF;
      for (;;) {
        if (libc.ioctl(this.#fd, code, memory) >= 0) return 0;
        const errno = libc.errno();
        if (errno !== EINTR) return errno;
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

  error(errno: number, syscall: string): V4l2Error {
    return systemError(errno, syscall, this.path);
  }

  /** Idempotent. */
  close(): void {
    if (this.#fd >= 0) this.libc.close(this.#fd);
    this.#fd = -1;
  }
}

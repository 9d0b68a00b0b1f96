import { POLLIN, pollfd } from './abi/poll.js';
import type { DeviceFile } from './device-file.js';

const EINTR = 4;
const MAX_TIMEOUT_MS = 0x7fff_ffff;

/** For poll a negative time-out would mean forever. */
const clamp = (ms: number): number => Math.min(Math.max(0, Math.ceil(ms)), MAX_TIMEOUT_MS);

/** Waits until a frame can be dequeued. */
export class Poller {
  readonly #file: DeviceFile;
  readonly #cell;

  constructor(file: DeviceFile) {
    this.#file = file;
    this.#cell = file.allocate(pollfd);
    this.#cell.fields.events = POLLIN;
  }

  /** Blocks this thread. Returns the events that came, POLLIN or of errors, or 0 on time-out. */
  wait(timeoutMs: number): number {
    const { libc, fd } = this.#file;
    const { fields, memory } = this.#cell;
    const end = performance.now() + timeoutMs;
    fields.fd = fd;
    for (let left = timeoutMs; ; left = end - performance.now()) {
      const ready = libc.poll(memory, 1, clamp(left));
      if (ready > 0) return fields.revents;
      if (ready === 0) return 0;
      const errno = libc.errno();
      if (errno !== EINTR) throw this.#file.error(errno, 'poll');
    }
  }
}

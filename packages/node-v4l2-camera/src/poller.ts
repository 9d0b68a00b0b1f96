import { PollEvent, pollfd } from './abi/poll.js';
import type { DeviceFile } from './device-file.js';

const EINTR = 4;
const MAX_TIMEOUT_MS = 0x7fff_ffff;

/** Waits until a frame can be dequeued. */
export class Poller {
  readonly #file: DeviceFile;
  readonly #cell;

  constructor(file: DeviceFile) {
    this.#file = file;
    this.#cell = file.allocate(pollfd);
    this.#cell.fields.events = PollEvent.IN;
  }

  /** Blocks this thread. Returns the events that came, among them PollEvent.ERR and HUP, or 0 on time-out. */
  wait(timeoutMs: number): number {
    const { libc, fd, path } = this.#file;
    const { fields, memory } = this.#cell;
    const end = performance.now() + timeoutMs;
    fields.fd = fd;
    for (let left = timeoutMs; ; left = Math.max(0, end - performance.now())) {
      const ready = libc.poll(memory, 1, Math.min(Math.ceil(left), MAX_TIMEOUT_MS));
      if (ready > 0) return fields.revents;
      if (ready === 0) return 0;
      const errno = libc.errno();
      if (errno !== EINTR) throw this.#file.error(errno, `poll ${path}`);
    }
  }
}

import type { Socket } from 'node:net';
import { type Logger, recordOf } from '@framehub/frame';

/** Keeps what the kernel holds for a slow viewer small. */
export type LowWater = (socket: Socket) => void;

/** Linux, include/uapi/linux/tcp.h and in.h. */
const IPPROTO_TCP = 6;
const TCP_NOTSENT_LOWAT = 25;
const UNSENT_BYTES = 16_384;

/**
 * The kernel buffers megabytes for a slow connection, which is seconds of pictures that are old before they leave.
 * TCP_NOTSENT_LOWAT lets it take new bytes only when almost all before are on their way.
 *
 * Node has no call for it, so it goes through koffi, on Linux and where koffi is installed; elsewhere slow viewers see
 * older pictures, and nothing else changes.
 */
export async function loadLowWater(logger: Logger): Promise<LowWater> {
  if (process.platform !== 'linux') return () => {};
  try {
    const { default: koffi } = await import('koffi');
    // The process itself: whatever C library Node runs with.
    const setsockopt = koffi
      .load(null)
      .func('int setsockopt(int socket, int level, int name, const int *value, unsigned int length)');
    return (socket) => {
      const fd = descriptorOf(socket);
      if (fd !== undefined) setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, [UNSENT_BYTES], 4);
    };
  } catch (error) {
    logger.info({ error: recordOf(error) }, 'koffi is not there: viewers on slow links see older pictures');
    return () => {};
  }
}

function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}

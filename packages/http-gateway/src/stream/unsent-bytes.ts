import type { Socket } from 'node:net';
import { type Logger, recordOf } from '@framehub/frame';

/** Limits the bytes that the kernel buffers for a socket before they are sent. */
export type LimitUnsentBytes = (socket: Socket) => void;

/** Linux, include/uapi/linux/tcp.h and in.h. */
const IPPROTO_TCP = 6;
const TCP_NOTSENT_LOWAT = 25;
const MAX_UNSENT_BYTES = 16_384;

/**
 * The kernel buffers megabytes for a slow connection: seconds of frames that are old before they are sent. With
 * TCP_NOTSENT_LOWAT it accepts new bytes only when almost all earlier ones are on their way.
 *
 * Node has no call for it, so koffi makes it, on Linux and where koffi is installed. Elsewhere viewers on slow links see
 * older frames, and nothing else changes.
 */
export async function loadLimitUnsentBytes(logger: Logger): Promise<LimitUnsentBytes> {
  if (process.platform !== 'linux') return () => {};
  try {
    const { default: koffi } = await import('koffi');
    // The process itself, which has the C library that Node runs with.
    const setsockopt = koffi
      .load(null)
      .func('int setsockopt(int socket, int level, int name, const int *value, unsigned int length)');
    return (socket) => {
      const fd = descriptorOf(socket);
      if (fd !== undefined) setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, [MAX_UNSENT_BYTES], 4);
    };
  } catch (error) {
    logger.info({ error: recordOf(error) }, 'koffi is not installed: viewers on slow links see older frames');
    return () => {};
  }
}

function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}

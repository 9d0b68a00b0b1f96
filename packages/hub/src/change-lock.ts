import { FramehubError, Lock } from '@framehub/frame';

/** Changes that may wait: each has a caller that waits for it. */
const MAX_CHANGES = 16;

/** Makes changes of one thing one after the other. More than a few that wait are refused: `CAMERA_TOO_MANY_REQUESTS`. */
export function changeLock(): Lock {
  return new Lock({
    limit: MAX_CHANGES,
    overflow: (limit) =>
      new FramehubError(
        'CAMERA_TOO_MANY_REQUESTS',
        `${limit} changes are waiting, which is the limit: wait for one before you request the next`,
        { limit },
      ),
  });
}

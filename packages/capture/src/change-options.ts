import { isDeepStrictEqual } from 'node:util';
import { FramehubError } from '@framehub/frame';
import type { CameraOptions } from './options.js';
import { setupWith } from './setup.js';
import type { Supervisor } from './supervisor.js';

/**
 * Goes on with other options. A camera that was live with the old ones, and is not with these, goes back to the old
 * ones; then, once those are live or have failed, the reason is thrown. One that gave no pictures before takes them.
 */
export async function changeOptions(supervisor: Supervisor, options: CameraOptions): Promise<void> {
  const before = supervisor.setup;
  const wasLive = supervisor.state === 'live';
  const after = setupWith(before, options);
  supervisor.adopt(after);
  if (needsRestart(before.options, options))
    supervisor.restart(supervisor.state === 'retrying' ? 'retrying' : 'starting');
  await outcome(supervisor);
  const { state, error } = supervisor.vitals;
  if (state === 'closed') throw new FramehubError('CAPTURE_CLOSED', `camera ${options.name} is closed`);
  if (!wasLive || state !== 'retrying' || !error) return;
  const { kept } = supervisor.setup;
  // What was set meanwhile holds for the old options, too.
  supervisor.adopt(kept === after.kept ? before : { ...before, kept });
  supervisor.restart('starting');
  await outcome(supervisor);
  throw FramehubError.from(error);
}

async function outcome(supervisor: Supervisor): Promise<void> {
  if (supervisor.running) await supervisor.vitals.settled();
}

/** A thread has its options for life, but when it sleeps is decided elsewhere. */
function needsRestart(before: CameraOptions, after: CameraOptions): boolean {
  const { idle: _, ...old } = before;
  const { idle: __, ...others } = after;
  return !isDeepStrictEqual(old, others);
}

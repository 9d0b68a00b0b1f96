const LOOK_EVERY_MS = 500;

/**
 * Ends this process, as SIGTERM would, when the one that started it has gone. npm passes SIGTERM on to its shell only,
 * which does not pass it on to us: without this, a supervisor that stops npm would leave the cameras in use.
 */
export function endWithParent() {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS).unref();
}

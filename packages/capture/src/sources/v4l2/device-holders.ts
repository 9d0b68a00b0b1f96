import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Who has a device open, for people: `ffmpeg (process 1234)`. Only processes that this user may look into are found,
 * so nobody in the list means nothing. Source: proc(5).
 */
export function holdersOf(device: string): string[] {
  const node = attempt(() => realpathSync(device));
  if (!node) return [];
  const others = (attempt(() => readdirSync('/proc')) ?? []).filter(
    (entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid,
  );
  return others.filter((pid) => timesOpen(pid, node) > 0).map((pid) => `${nameOf(pid)} (process ${pid})`);
}

/** How often this process has a device open, on whichever threads. */
export function timesOpenHere(device: string): number {
  const node = attempt(() => realpathSync(device));
  return node ? timesOpen('self', node) : 0;
}

function timesOpen(pid: string, node: string): number {
  const folder = `/proc/${pid}/fd`;
  const files = attempt(() => readdirSync(folder)) ?? [];
  return files.filter((fd) => attempt(() => readlinkSync(`${folder}/${fd}`)) === node).length;
}

/** By its file: what a process calls itself may be the name of a thread, as Node's does from 24 on. */
function nameOf(pid: string): string {
  return attempt(() => basename(readlinkSync(`/proc/${pid}/exe`))) || 'a program';
}

/** Processes come and go while they are looked at, and those of other users are closed to us. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

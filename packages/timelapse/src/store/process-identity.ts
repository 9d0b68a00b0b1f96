import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from '@framehub/frame';

/** Which process of which machine: enough to know later whether it is still there. Empty: the system does not tell. */
export interface ProcessIdentity {
  readonly host: string;
  /** Another one with each start of the machine. */
  readonly boot: string;
  /** Numbers of processes mean something within one of these only; each container has its own. */
  readonly namespace: string;
  readonly pid: number;
  /** When the process began, in ticks: numbers of processes come again. */
  readonly begun: string;
}

export function ownIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    boot: ofLinux(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: ofLinux(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    begun: begunOf(process.pid),
  };
}

/** Whether the process still runs; undefined for one of another machine or container, which cannot be seen from here. */
export function isRunning({ host, boot, namespace, pid, begun }: ProcessIdentity): boolean | undefined {
  const own = ownIdentity();
  if (host !== own.host) return undefined;
  if (boot !== own.boot) return false;
  if (namespace !== own.namespace) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one all the same.
    if (codeOf(error) !== 'EPERM') return false;
  }
  return begunOf(pid) === begun;
}

/** Source: proc(5), /proc/pid/stat: field 22 is the start time; the name in field 2 may hold blanks and brackets. */
function begunOf(pid: number): string {
  return ofLinux(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

function ofLinux(read: () => string): string {
  if (process.platform !== 'linux') return '';
  try {
    return read();
  } catch (error) {
    // The process ended just now, or /proc is closed to us.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return '';
    throw error;
  }
}

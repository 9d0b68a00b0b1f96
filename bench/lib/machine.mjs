import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** The machine and Node, for the record. */
export const describeMachine = () => ({
  cpu: cpus()[0].model,
  cores: availableParallelism(),
  memory_gib: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release()} ${arch()}`,
  node: process.version,
});

/** Processes that wanted a core during the last minute: above 0.3 or so, absolute figures are worth little. */
export const machineLoad = () => loadavg()[0];

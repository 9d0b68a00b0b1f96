// Loaded into a process under test: see leaks.mjs.
import { queryObjects } from 'node:v8';

process.on('SIGUSR2', () => {
  globalThis.gc();
  process.stderr.write(`shared buffers: ${queryObjects(SharedArrayBuffer)}\n`);
});

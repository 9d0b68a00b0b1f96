#!/usr/bin/env node
// Nothing is imported before the check: an old Node would stop at the first line that it cannot parse.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`framehub: this is Node ${process.versions.node}, and framehub needs 20.19 or newer\n`);
  process.exit(1);
}
// Frames live outside of V8's heap; what is in it is small and short-lived. A young generation that grows to its usual
// 16 MB a thread would make up a fifth of the process, for no gain (measured: 20 MB of 120 at 64 viewers, same CPU).
const { setFlagsFromString } = await import('node:v8');
setFlagsFromString('--semi-space-growth-factor=1');
const { main } = await import('./command-line.js');
await main(process.argv.slice(2));

export {};

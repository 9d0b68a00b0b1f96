#!/usr/bin/env node
/**
 * What `npm start`, `npm test` and the other root scripts run: brings the checkout into a state that runs
 * (packages installed, sources compiled), which costs nothing when it is there already, and goes on from there.
 * Needs Node and npm, nothing else; imports only what every supported and unsupported Node can parse.
 */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `framehub: this is Node ${process.versions.node}, and framehub needs 20.19 or newer: see https://nodejs.org/en/download\n`,
  );
  process.exit(1);
}

const { runTask, SetupError } = await import('./setup/tasks.mjs');
try {
  process.exitCode = await runTask(process.argv[2], process.argv.slice(3));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`framehub: ${error.message}\n`);
  process.exitCode = 1;
}

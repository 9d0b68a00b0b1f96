#!/usr/bin/env node
/** `npm run bench`: framehub and ustreamer side by side on the same camera. What is measured: README.md beside this file. */
import { writeFileSync } from 'node:fs';
import { describeMachine, machineLoad } from './lib/machine.mjs';
import { commandLine, readOptions, usage } from './lib/options.mjs';
import { findPrograms } from './lib/programs.mjs';
import { buildRig } from './lib/rig.mjs';
import { runScenario } from './lib/scenario-runner.mjs';
import { killServers } from './lib/server.mjs';
import { renderScenario } from './lib/table.mjs';

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    killServers();
    process.exit(1);
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  killServers();
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}

async function main(args) {
  const options = readOptions(args);
  if (options.help) return console.log(usage);
  buildRig();
  const programs = findPrograms(options);
  announce(programs, options);

  const scenarios = [];
  for (const scenario of options.chosen) {
    if (scenario.root && process.getuid() !== 0) {
      console.error(`SKIPPED: ${scenario.name}, for only root can make a device in /dev`);
      continue;
    }
    console.error(scenario.title);
    scenarios.push(await runScenario(scenario, programs, options));
    console.log(`\n${renderScenario(scenarios.at(-1))}\n`);
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(record(programs, options, scenarios), null, 1)}\n`);
}

function announce(programs, { ustreamer }) {
  console.error(programs.map(({ name, version }) => `${name} ${version}`).join(', '));
  if (!programs.some(({ name }) => name === 'ustreamer')) {
    console.error(
      `SKIPPED: every comparison, for there is no ${ustreamer} (apt-get install ustreamer, or --ustreamer PATH)`,
    );
  }
  const load = machineLoad();
  if (load > 0.3) console.error(`The machine is busy (load ${load.toFixed(1)}): trust the ratios, not the figures.`);
}

function record(programs, options, scenarios) {
  return {
    date: new Date().toISOString().slice(0, 10),
    command: commandLine(options),
    machine: describeMachine(),
    programs: programs.map(({ name, version }) => ({ name, version })),
    repetitions: options.repetitions,
    scenarios,
  };
}

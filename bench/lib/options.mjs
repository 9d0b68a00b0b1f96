import { parseArgs } from 'node:util';
import { scenarios } from './scenarios.mjs';

export const usage = `npm run bench -- [options]
  --quick             one repetition of short runs: does it work at all, roughly how fast
  --scenario NAME     only this one (may be repeated): ${scenarios.map((s) => s.name).join(', ')}
  --repetitions N     runs of each program in each case (default 3)
  --ustreamer PATH    the ustreamer to compare with (default: the one on PATH)
  --json FILE         write everything measured to FILE; bench/report.mjs makes README's tables of it`;

/** The command line as options; throws an Error with one line that says what is wrong. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      scenario: { type: 'string', multiple: true },
      repetitions: { type: 'string' },
      ustreamer: { type: 'string', default: 'ustreamer' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const repetitions = values.repetitions === undefined ? (values.quick ? 1 : 3) : Number(values.repetitions);
  if (!Number.isInteger(repetitions) || repetitions < 1) {
    throw new Error(`--repetitions ${values.repetitions}: a whole number from 1`);
  }
  const unknown = values.scenario?.find((name) => !scenarios.some((s) => s.name === name));
  if (unknown) throw new Error(`--scenario ${unknown}: one of ${scenarios.map((s) => s.name).join(', ')}`);
  return { ...values, repetitions, chosen: scenarios.filter((s) => values.scenario?.includes(s.name) ?? true) };
}

/** The command to repeat a run with; paths are of the machine it was made on, and left out. */
export function commandLine({ quick, scenario, repetitions }) {
  const options = [quick && '--quick', ...(scenario ?? []).map((name) => `--scenario ${name}`)].filter(Boolean);
  return `npm run bench -- ${[...options, `--repetitions ${repetitions}`].join(' ')}`;
}

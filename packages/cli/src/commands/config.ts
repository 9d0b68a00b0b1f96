import { existsSync } from 'node:fs';
import { FramehubError, listOf, silentLogger } from '@framehub/frame';
import { configJsonSchema, loadConfig } from '@framehub/hub/config';
import { usageError } from '../errors.js';

const USUAL_NAMES = ['framehub.yaml', 'framehub.yml', 'framehub.json'];

/** Checks a configuration file, and prints its problems and warnings. */
export function checkConfigFile(named?: string): void {
  const file = named ?? USUAL_NAMES.find((name) => existsSync(name));
  if (file === undefined)
    throw usageError(`there is no ${listOf(USUAL_NAMES)} here: name the file, framehub config check FILE`);
  try {
    const cameras = Object.keys(loadConfig(file, { logger: { ...silentLogger, warn: print } }).cameras);
    const count = cameras.length === 0 ? 'no camera, so the connected one' : cameras.join(', ');
    process.stdout.write(`${file} is valid: ${count}\n`);
  } catch (error) {
    const problems = error instanceof FramehubError ? error.details.problems : undefined;
    if (!Array.isArray(problems)) throw error;
    for (const problem of problems) print({}, problem);
    process.exitCode = 1;
  }
}

function print(_: object, problem: string): void {
  process.stderr.write(`framehub: ${problem}\n`);
}

/** Prints the JSON Schema of the configuration, for editors. */
export function printConfigSchema(): void {
  process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
}

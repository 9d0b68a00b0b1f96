import { existsSync } from 'node:fs';
import { FramehubError } from '@framehub/frame';
import { configJsonSchema, loadConfig } from '@framehub/hub/config';
import { usageError } from '../errors.js';

const USUAL_NAMES = ['framehub.yaml', 'framehub.yml', 'framehub.json'];

/** Checks a configuration file, and prints every problem of it. */
export function checkConfigFile(named?: string): void {
  const file = named ?? USUAL_NAMES.find((name) => existsSync(name));
  if (file === undefined)
    throw usageError(`which file? There is none of ${USUAL_NAMES.join(', ')} here: framehub config check FILE`);
  try {
    const cameras = Object.keys(loadConfig(file).cameras);
    const count = cameras.length === 0 ? 'no camera, so the one connected' : cameras.join(', ');
    process.stdout.write(`${file} is in order: ${count}\n`);
  } catch (error) {
    const problems = error instanceof FramehubError ? error.details.problems : undefined;
    if (!Array.isArray(problems)) throw error;
    for (const problem of problems) process.stderr.write(`framehub: ${problem}\n`);
    process.exitCode = 1;
  }
}

/** Prints the JSON Schema of the configuration, for editors. */
export function printConfigSchema(): void {
  process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
}

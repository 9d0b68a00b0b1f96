import { createRequire } from 'node:module';

/** framehub's version, as in its package.json. */
export const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

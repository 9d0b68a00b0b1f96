import { collect } from './collect.js';

/** A collector in a process of its own, to be killed. Its options are the first argument, as JSON. */
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await collect({ ...JSON.parse(process.argv[2] ?? '{}'), signal: stop.signal });

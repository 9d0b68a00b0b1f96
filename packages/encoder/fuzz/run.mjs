#!/usr/bin/env node
/**
 * Takes many damaged JPEGs through both codecs, each buffer that libjpeg-turbo is given ending where no memory is. The
 * same seed gives the same files. Ends with `N passed, N failed`: a file passes that becomes a picture or a fault.
 *
 * node packages/encoder/fuzz/run.mjs [--count 20000] [--seed 1]     (after npm run build; Linux)
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const VICTIM = fileURLToPath(new URL('./victim.mjs', import.meta.url));
const { values } = parseArgs({
  options: { count: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const [count, seed] = [Number(values.count), Number(values.seed)];

/** @returns how far the victim came, and what it tells of itself */
async function run(from, to, ...mode) {
  const victim = fork(VICTIM, [seed, from, to, ...mode].map(String), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let last = { number: from };
  victim.on('message', (message) => {
    last = message;
  });
  const [code, signal] = await once(victim, 'close');
  return { ...last, end: last.outcomes ? undefined : (signal ?? `exit code ${code}`) };
}

const failures = [];
const totals = {};
let at = 0;
while (at < count) {
  const { number, outcomes, findings, end } = await run(at, count);
  if (outcomes) {
    for (const [outcome, times] of Object.entries(outcomes)) totals[outcome] = (totals[outcome] ?? 0) + times;
    failures.push(...findings);
    at = count;
  } else {
    const exact = await run(number, count, 'each');
    failures.push(`input ${exact.number} of seed ${seed}: ${exact.end ?? end}`);
    at = exact.number + 1;
  }
}
for (const [outcome, times] of Object.entries(totals).sort()) console.log(`${String(times).padStart(8)}  ${outcome}`);
for (const failure of failures) console.log(`not ok - ${failure}`);
console.log(`${count - failures.length} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

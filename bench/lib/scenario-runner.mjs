import { doubts, measure } from './measure.mjs';
import { median, medianRatio } from './stats.mjs';
import { checkTargets } from './targets.mjs';

const DEFAULT_SECONDS = 8;
const QUICK_SECONDS = 4;

/** Measures every case of a scenario with every program, turn by turn; returns the runs and what they come to. */
export async function runScenario(scenario, programs, { repetitions, quick }) {
  const seconds = quick ? QUICK_SECONDS : (scenario.seconds ?? DEFAULT_SECONDS);
  const cases = [];
  for (const one of scenario.cases) {
    const runs = await runCase(one, programs, repetitions, seconds);
    cases.push({ title: one.title, runs, ...summarise(runs, scenario.metrics), targets: checkTargets(one, runs) });
  }
  const { name, title, metrics } = scenario;
  return { name, title, metrics, seconds, cases };
}

async function runCase(one, programs, repetitions, seconds) {
  const runs = Object.fromEntries(programs.map(({ name }) => [name, []]));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    // The order is turned round each time, so that neither program always runs on a machine that the other warmed.
    for (const program of repetition % 2 ? programs.toReversed() : programs) {
      console.error(`  ${one.title}, ${program.name}, run ${repetition + 1} of ${repetitions}`);
      const run = await measure(program, one, seconds);
      for (const doubt of doubts(run, one)) console.error(`    doubtful: ${doubt}`);
      runs[program.name].push(run);
    }
  }
  return runs;
}

function summarise(runs, metrics) {
  const perMetric = (of) => Object.fromEntries(metrics.map((metric) => [metric, of(metric)]));
  const values = (program, metric) => runs[program].map((run) => run[metric]);
  const medians = Object.fromEntries(
    Object.keys(runs).map((program) => [program, perMetric((metric) => median(values(program, metric)))]),
  );
  const [own, peer] = Object.keys(runs);
  if (!peer) return { medians };
  return { medians, ratios: perMetric((metric) => medianRatio(values(own, metric), values(peer, metric))) };
}

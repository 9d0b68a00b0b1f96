import { metrics } from './scenarios.mjs';
import { median, medianRatio } from './stats.mjs';

const values = (runs, metric) => runs.map((run) => run[metric]);

/** A case's targets against its runs (`{ program: runs }`): `{ target, value, met }`; without the peer both are undefined. */
export const checkTargets = ({ targets }, runs) =>
  targets.map((target) => {
    const { metric, of: peer, atMost } = target;
    const own = values(runs.framehub, metric);
    if (peer && !runs[peer]) return { target };
    const value = peer ? medianRatio(own, values(runs[peer], metric)) : median(own);
    return { target, value, met: value <= atMost };
  });

/** A checked target as one line. */
export function describeTarget({ target: { metric, of: peer, atMost }, value, met }) {
  const what = `${metrics[metric].label}${peer ? `, ratio to ${peer}` : ''}, at most ${atMost}`;
  if (value === undefined) return `${what}: not compared, no ${peer}`;
  return `${what}: ${value.toFixed(peer ? 2 : metrics[metric].digits)} ${met ? 'met' : 'MISSED'}`;
}

import type { House } from './house.js';
import type { Metrics } from './metrics.js';

/**
 * Metrics as soon as somebody asks for them. Prometheus' library is a hundred files to load at the start, and watches
 * the event loop and the garbage collection from then on: whoever has no Prometheus pays for neither.
 */
export function metricsOnDemand(house: House): () => Promise<Metrics> {
  let metrics: Promise<Metrics> | undefined;
  return () => {
    metrics ??= import('./metrics.js').then(({ metricsOf }) => metricsOf(house));
    return metrics;
  };
}

import type { HistogramReading } from '@framehub/frame';

/** A series and what was counted for it. Label values are names of ours: nothing in them needs escaping. */
export type HistogramSeries = readonly [labels: Readonly<Record<string, string>>, reading: HistogramReading];

/**
 * Histograms that were counted elsewhere, in Prometheus' text format; prom-client writes only those that it counted itself.
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function histogramText(name: string, help: string, series: readonly HistogramSeries[]): string {
  const lines = series.flatMap(([labels, { bounds, buckets, sum, count }]) => [
    ...bounds.map((bound, i) => `${name}_bucket${labelText({ ...labels, le: String(bound) })} ${buckets[i] ?? 0}`),
    `${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${count}`,
    `${name}_sum${labelText(labels)} ${sum}`,
    `${name}_count${labelText(labels)} ${count}`,
  ]);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines, ''].join('\n');
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `{${pairs.join(',')}}`;
}

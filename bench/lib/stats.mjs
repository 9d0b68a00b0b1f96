export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the pairwise ratios: runs beside each other in time share the machine's mood, others may not. */
export const medianRatio = (numerators, denominators) => median(numerators.map((value, i) => value / denominators[i]));

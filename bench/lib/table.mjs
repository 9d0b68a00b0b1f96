import { metrics as known } from './scenarios.mjs';
import { describeTarget } from './targets.mjs';

/** A measured scenario as Markdown that also reads well on a terminal: a table of medians, then the targets. */
export function renderScenario({ title, metrics, cases }) {
  const header = ['', ...metrics.map((metric) => known[metric].label)];
  const rows = cases.flatMap((one) => caseRows(one, metrics));
  const targets = cases.flatMap((one) => one.targets.map((target) => `- ${one.title}: ${describeTarget(target)}`));
  return [`### ${title}`, '', ...table([header, ...rows]), '', ...targets].join('\n');
}

function caseRows({ title, medians, ratios }, metrics) {
  const programs = Object.entries(medians).map(([name, values]) => [
    `${title}, ${name}`,
    ...metrics.map((metric) => values[metric].toFixed(known[metric].digits)),
  ]);
  if (!ratios) return programs;
  return [...programs, [`${title}, ratio`, ...metrics.map((metric) => ratios[metric].toFixed(2))]];
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`;
  const rule = line(widths.map((width, i) => (i ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))));
  const [header, ...body] = rows.map(line);
  return [header, rule, ...body];
}

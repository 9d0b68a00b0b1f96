#!/usr/bin/env node
/** `node bench/report.mjs RESULT.json`: writes a recorded run (`npm run bench -- --json RESULT.json`) into README.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { renderScenario } from './lib/table.mjs';

const readme = new URL('README.md', import.meta.url);
const begin = '<!-- figures: written by report.mjs -->';
const end = '<!-- end of figures -->';

const [file] = process.argv.slice(2);
if (!file) {
  console.error('usage: node bench/report.mjs RESULT.json');
  process.exit(2);
}

const { date, command, machine, programs, repetitions, scenarios } = JSON.parse(readFileSync(file, 'utf8'));
const { cpu, cores, memory_gib, system, node } = machine;
const figures = [
  `Measured ${date} with \`${command}\`: medians of ${repetitions} run${repetitions > 1 ? 's' : ''} each of ${programs.map((p) => `${p.name} ${p.version}`).join(' and ')}.`,
  `Machine: ${cpu}, ${cores} cores, ${memory_gib} GiB, ${system}, Node ${node}; the load client runs on the same cores.`,
  '',
  scenarios.map(renderScenario).join('\n\n'),
].join('\n');

const text = readFileSync(readme, 'utf8');
const [before, after] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
if (before < begin.length || after < before) throw new Error(`README.md has no "${begin}" ... "${end}"`);
writeFileSync(readme, `${text.slice(0, before)}\n${figures}\n${text.slice(after)}`);

#!/usr/bin/env node
/**
 * Mutation check: changes one operator or constant of the built code at a time, runs the tests that reach it, and lists the
 * changes that no test notices (survivors). Those with a reason in mutants.allowed.json are left out.
 *
 * npm run test:mutants -- [--package NAME]... [--count N] [--seed N] [--minutes N] [--file TEXT]
 *   --package  frame, broker, encoder or capture; default: all
 *   --count    mutants per package, chosen by the seed; default: 25
 *   --minutes  starts no other mutant after this time; default: 9
 *   --file     only files whose path contains TEXT
 *
 * The exit code is 1 if there are survivors without a reason.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const AVA = join(ROOT, 'node_modules/ava/entrypoints/cli.mjs');
const HOOK = new URL('./mutants.hook.mjs', import.meta.url).href;
const REGISTER = `data:text/javascript,${encodeURIComponent(`import{register}from'node:module';register('${HOOK}')`)}`;
/** Tests at a time: they need most of a core each. */
const JOBS = 2;
/** Test files that take longer are left out. */
const MAX_TEST_MS = 15_000;

/** What is mutated of a package: paths below dist/, so that files may move. */
const SCOPES = {
  frame: { include: /./, exclude: /^index\.js$/ },
  broker: { include: /./, exclude: /^index\.js$/ },
  // The codecs' bindings are compared with the library by tests of their own, and cost minutes.
  encoder: { include: /./, exclude: /^index\.js$|codec\/|worker\.js$/ },
  capture: { include: /retry|supervis|status-tracker|capture-thread|outlet/, exclude: /^index\.js$/ },
};

const { values } = parseArgs({
  options: {
    package: { type: 'string', multiple: true, default: Object.keys(SCOPES) },
    count: { type: 'string', default: '25' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '9' },
    file: { type: 'string', default: '' },
  },
});
const deadline = performance.now() + Number(values.minutes) * 60_000;
const allowed = JSON.parse(readFileSync(new URL('./mutants.allowed.json', import.meta.url), 'utf8'));

/** What is not mutated, or only looks like an operator; then numbers, words and operators. */
const TOKEN = new RegExp(
  [
    /\/\/.*|\/\*[\s\S]*?\*\//, // comments
    /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`/, // texts
    /(?<=[=(,:[!&|?;{}]\s*|return )\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/, // regular expressions
    /^(?:import|export \{)[^;]*;|void 0/, // modules
    /^var __\w+ = [\s\S]*?^\}.*$/, // helpers of the compiler
    /[\w$#]*[A-Za-z_$#][\w$]*/, // words, and numbers with letters
    /\d[\d_]*(?:\.\d+)?/, // numbers
    /=>|\.\.\.|\?\.|\+\+|--|[?&|]{2}=|&&|\|\||\?\?|\*\*|<<|>>>?|[-+*/%&|^<>=!]=?=?/, // operators
  ]
    .map(({ source }) => source)
    .join('|'),
  'gm',
);

const REPLACEMENTS = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '+=': '-=',
  '-=': '+=',
  '|': '&',
  '&': '|',
  '<<': '>>',
  '>>': '<<',
  '!': '',
  true: 'false',
  false: 'true',
};

function replacementOf(token) {
  if (!/^\d/.test(token)) return Object.hasOwn(REPLACEMENTS, token) ? REPLACEMENTS[token] : undefined;
  const number = Number(token.replaceAll('_', ''));
  if (Number.isNaN(number)) return undefined;
  return String(number < 10 ? number + 1 : Math.floor(number / 2));
}

/** All mutants of a file: where, what instead, and the line before and after. */
function mutantsOf(file) {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(TOKEN)].flatMap(({ 0: token, index: at }) => {
    const text = replacementOf(token);
    if (text === undefined) return [];
    const start = source.lastIndexOf('\n', at) + 1;
    const end = source.indexOf('\n', at);
    const before = source.slice(start, end).trim();
    const after = (source.slice(start, at) + text + source.slice(at + token.length, end)).trim();
    return [{ file, at, length: token.length, text, before, after, line: source.slice(0, at).split('\n').length }];
  });
}

/** The test files of a package that import a file, directly or not; those of the same name first. */
function testsOf(file, modules) {
  const importsOf = (module) =>
    [...readFileSync(module, 'utf8').matchAll(/(?:from |import\(?)['"](\.[^'"]+)['"]/g)]
      .map(([, path]) => join(dirname(module), path))
      .filter((path) => modules.includes(path));
  const reaches = (from, seen = new Set()) => {
    if (seen.has(from)) return false;
    seen.add(from);
    return from === file || importsOf(from).some((module) => reaches(module, seen));
  };
  const own = file.replace(/\.js$/, '.test.js');
  const tests = modules.filter((module) => module.endsWith('.test.js') && reaches(module));
  return [tests.filter((test) => test === own), tests.filter((test) => test !== own)].filter(
    ({ length }) => length > 0,
  );
}

/** Runs test files. @returns whether all passed, in time */
function passes(tests, limitMs, mutant) {
  const env = { ...process.env, NODE_OPTIONS: '' };
  if (mutant) {
    const { at, length, text } = mutant;
    env.FRAMEHUB_MUTANT = JSON.stringify({ url: pathToFileURL(mutant.file).href, at, length, text });
    env.NODE_OPTIONS = `--import ${REGISTER}`;
  }
  const args = [AVA, '--fail-fast', ...tests.map((test) => relative(ROOT, test))];
  const ava = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'ignore', detached: true });
  return new Promise((resolve) => {
    const timer = setTimeout(() => process.kill(-ava.pid, 'SIGKILL'), limitMs);
    ava.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function chosen(mutants, count, nextRandom) {
  const ordered = mutants.map((one) => ({ mutant: one, key: nextRandom() })).sort((a, b) => a.key - b.key);
  return ordered.slice(0, count).map((entry) => entry.mutant);
}

/** How long each test file takes without a mutant; undefined for those that fail, or take too long. */
const durations = new Map();
async function durationOf(test) {
  if (!durations.has(test)) {
    const measure = async () => {
      const start = performance.now();
      return (await passes([test], MAX_TEST_MS)) ? performance.now() - start : undefined;
    };
    durations.set(test, measure());
  }
  return durations.get(test);
}

async function survives(mutant, modules) {
  let hasRun = false;
  for (const tests of testsOf(mutant.file, modules)) {
    const times = await Promise.all(tests.map(durationOf));
    const usable = tests.filter((_, i) => times[i] !== undefined);
    if (usable.length === 0) continue;
    hasRun = true;
    const sum = times.reduce((total, time = 0) => total + time, 0);
    if (!(await passes(usable, 10_000 + 3 * sum, mutant))) return false;
  }
  return hasRun ? true : undefined;
}

const random = randomFrom(Number(values.seed));
const queue = values.package.flatMap((name) => {
  const scope = SCOPES[name];
  if (!scope) throw new Error(`--package must be ${Object.keys(SCOPES).join(', ')}, not ${name}`);
  const dist = join(ROOT, 'packages', name, 'dist');
  const modules = readdirSync(dist, { recursive: true })
    .filter((path) => path.endsWith('.js'))
    .map((path) => join(dist, path));
  const inScope = modules.filter((module) => {
    const path = relative(dist, module).replaceAll('\\', '/');
    const isTest = /\.(test|fixture)(\.helper)?\.js$/.test(path) || path.includes('.test.');
    return !isTest && scope.include.test(path) && !scope.exclude.test(path) && path.includes(values.file);
  });
  const mutants = inScope.flatMap(mutantsOf);
  console.log(`${name}: ${mutants.length} mutants in ${inScope.length} files`);
  return chosen(mutants, Number(values.count), random).map((mutant) => ({ ...mutant, package: name, modules }));
});

const counts = { killed: 0, survived: 0, allowed: 0, untested: 0, 'not run': 0 };
const survivors = [];
const reasonOf = (mutant) =>
  allowed.find((it) => it.package === mutant.package && it.before === mutant.before && it.after === mutant.after)
    ?.reason;

async function work() {
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    if (performance.now() > deadline) {
      counts['not run'] += 1;
      continue;
    }
    const reason = reasonOf(mutant);
    const survived = reason === undefined ? await survives(mutant, mutant.modules) : undefined;
    const outcome = reason ? 'allowed' : survived === undefined ? 'untested' : survived ? 'survived' : 'killed';
    counts[outcome] += 1;
    if (outcome !== 'survived' && outcome !== 'untested') continue;
    survivors.push(mutant);
    console.log(`${outcome}: ${relative(ROOT, mutant.file)}:${mutant.line}\n  - ${mutant.before}\n  + ${mutant.after}`);
  }
}

await Promise.all(Array.from({ length: JOBS }, work));
console.log(
  Object.entries(counts)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', '),
);
process.exitCode = survivors.length === 0 ? 0 : 1;

/**
 * The first minute of a new user: a fresh clone, an empty home, nothing but Node and npm on the PATH.
 * `npm start` must show a moving picture in a real browser, a second start must be quick, and Ctrl-C must end it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { Checks, ensure } from './checks.mjs';

const FIRST_START_MS = 240_000;
const SECOND_START_MS = 20_000;
const PORT = 18_090;

const root = path.resolve(import.meta.dirname, '..');
const work = mkdtempSync(path.join(tmpdir(), 'framehub-new-user-'));
const clone = path.join(work, 'framehub');
const env = {
  HOME: path.join(work, 'home'),
  PATH: path.join(work, 'bin'),
  LANG: 'C.UTF-8',
  ...registryOf(process.env),
};

/** The user's registry settings are the machine's, not the home's. */
function registryOf(environment) {
  const named = /^(npm_config_registry|npm_config_userconfig|https?_proxy|no_proxy|node_extra_ca_certs)$/i;
  const given = Object.fromEntries(Object.entries(environment).filter(([key]) => named.test(key)));
  return {
    npm_config_registry: execFileSync('npm', ['config', 'get', 'registry'], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim(),
    ...given,
  };
}

function onPath(name) {
  return execFileSync('sh', ['-c', `readlink -f "$(command -v ${name})"`])
    .toString()
    .trim();
}

/** Starts framehub as the user would; resolves when it has printed an address to open. */
async function start(limit) {
  const child = spawn('npm', ['start', '--', '-port', String(PORT)], {
    cwd: clone,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no address after ${limit} ms:\n${output}`)), limit);
    const read = (chunk) => {
      output += chunk;
      const address = /open (http:[^\s"]+)/.exec(output)?.[1];
      if (address) {
        clearTimeout(timer);
        resolve(address);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it printed an address:\n${output}`)));
  });
  return { child, ready, output: () => output };
}

/**
 * Ctrl-C in a terminal reaches the whole process group. npm itself ends by the signal; that framehub has ended, too,
 * is seen when nobody holds the other end of the pipes any more.
 */
async function interrupt({ child, output }) {
  const closed = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  const since = Date.now();
  process.kill(-child.pid, 'SIGINT');
  const end = await closed;
  ensure(end === 0 || end === 'SIGINT', `ended with ${end}`);
  ensure(Date.now() - since < 4000, `took ${Date.now() - since} ms`);
  ensure(!/error/i.test(output()), output());
}

/** Two screenshots of a still page are equal to the byte. */
async function seesMovingPicture(address) {
  const browser = await chromium.launch({
    executablePath: onPath('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(address, { waitUntil: 'domcontentloaded' });
    const picture = page.locator('framehub-view[state=live][transport=websocket]').first();
    await picture.waitFor();
    const first = await picture.screenshot();
    let second = first;
    for (let tries = 0; tries < 50 && second.equals(first); tries++) second = await picture.screenshot();
    ensure(!second.equals(first), 'the picture stands still');
    ensure(errors.length === 0, `the browser complains: ${errors.join('; ')}`);
  } finally {
    await browser.close();
  }
}

const checks = new Checks();
let running;
try {
  mkdirSync(env.HOME);
  mkdirSync(env.PATH);
  for (const name of ['node', 'npm', 'npx', 'sh', 'env']) symlinkSync(onPath(name), path.join(env.PATH, name));
  execFileSync('git', ['clone', '-q', root, clone]);

  await checks.check('npm start installs, builds and prints an address', async () => {
    running = await start(FIRST_START_MS);
    await running.ready;
  });
  await checks.check('the address shows a moving picture in a browser', async () =>
    seesMovingPicture(await running.ready),
  );
  await checks.check('Ctrl-C ends it, without noise', () => interrupt(running));
  await checks.check('a second start installs and builds nothing', async () => {
    running = await start(SECOND_START_MS);
    await running.ready;
    ensure(!/installing|building|compiling/.test(running.output()), running.output());
  });
  await checks.check('and ends as well', () => interrupt(running));
} finally {
  if (running?.child.exitCode === null && running.child.signalCode === null)
    process.kill(-running.child.pid, 'SIGKILL');
  rmSync(work, { recursive: true, force: true });
}
checks.finish();

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildRig, frames, rig } from '../../bench/lib/rig.mjs';
import { root } from '../setup/command.mjs';

/**
 * How many files a frame passes on its way, and a control: those with a function that runs for each of them. V8 counts the
 * calls of a short run and of a long one, so what runs at the start does not count. The camera is the bench's V4L2 camera, so everything from the ioctl to the socket is the real thing.
 */
const WAYS = [
  { name: 'an MJPG frame from V4L2 to /stream', way: 'frame', format: 'MJPG', fps: 60, limit: 25 },
  { name: 'a YUYV frame from V4L2 to /stream', way: 'frame', format: 'YUYV', fps: 60, limit: 35 },
  // Few frames, so that the two ways are not mistaken for each other.
  { name: 'a control from HTTP to V4L2 and back', way: 'control', format: 'MJPG', fps: 2, limit: 40 },
];
const DEVICE = '/dev/video77';
const [SHORT, LONG] = [5, 105];
/** What runs for nearly every frame is on the way: some are dropped. */
const SHARE = 0.8;
const TIMEOUT_MS = 60_000;

/** @returns {Promise<{ faults: string[], report: string[] }>} */
export async function measureWays() {
  try {
    buildRig();
  } catch (error) {
    return { faults: [], report: [`skipped: the ways of a frame were not measured: ${error.message}`] };
  }
  const results = await Promise.all(WAYS.map(async (way) => ({ ...way, files: await filesOn(way) })));
  return {
    faults: results
      .filter(({ files, limit }) => files.length > limit)
      .map(
        ({ name, files, limit }) =>
          `${name} passes ${files.length} files, more than ${limit}:\n  ${files.join('\n  ')}`,
      ),
    report: results.map(({ name, files, limit }) => `${name}: ${files.length} files (at most ${limit})`),
  };
}

async function filesOn(way) {
  // A machine under load may need a second attempt.
  const measured = (count) => callsIn(way, count).catch(() => callsIn(way, count));
  const [short, long] = await Promise.all([SHORT, LONG].map(measured));
  const files = new Set();
  for (const [name, calls] of long) {
    const [path] = name.split(' ');
    if (calls - (short.get(name) ?? 0) >= (LONG - SHORT) * SHARE) files.add(path);
  }
  return [...files].sort();
}

/** How often each function of the packages was called, in all threads together. */
async function callsIn({ way, format, fps }, count) {
  const coverage = mkdtempSync(join(tmpdir(), 'framehub-ways-'));
  try {
    const env = {
      ...process.env,
      NODE_V8_COVERAGE: coverage,
      LD_PRELOAD: rig.camera,
      FAKEV4L2_DEV: DEVICE,
      FAKEV4L2_FRAMES: frames({ format, width: 640, height: 480 }),
      FAKEV4L2_FOURCC: format,
      FAKEV4L2_W: '640',
      FAKEV4L2_H: '480',
      FAKEV4L2_FPS: String(fps),
      FAKEV4L2_CLOCK: rig.clock,
    };
    const run = fileURLToPath(new URL('ways-run.mjs', import.meta.url));
    const child = spawn(process.execPath, [run, way, DEVICE, format, String(fps), String(count)], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: TIMEOUT_MS,
    });
    const [status] = await once(child, 'close');
    if (status !== 0) throw new Error(`the way of a ${way} (${format}) could not be measured`);
    return readCalls(coverage);
  } finally {
    rmSync(coverage, { recursive: true, force: true });
  }
}

function readCalls(folder) {
  const calls = new Map();
  for (const name of readdirSync(folder)) {
    for (const { url, functions } of JSON.parse(readFileSync(join(folder, name), 'utf8')).result) {
      const path = url.startsWith('file://') ? fileURLToPath(url) : '';
      if (!path.startsWith(join(root, 'packages')) || path.includes('node_modules')) continue;
      const source = path
        .slice(root.length + 1)
        .replace('/dist/', '/src/')
        .replace(/js$/, 'ts');
      for (const { functionName, ranges } of functions) {
        const key = `${source} ${functionName} ${ranges[0].startOffset}`;
        calls.set(key, (calls.get(key) ?? 0) + ranges[0].count);
      }
    }
  }
  return calls;
}

// framehub as a user runs it, and a viewer that looks at what comes.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectJpeg } from '@framehub/frame';

const COMMAND = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Emulation is slow: far beyond what anything takes when all is well. */
const PATIENCE_MS = 60_000;

/** A configuration file with this text, and the way to change it as an editor does: by another file in its place. */
export function configFile(text) {
  const path = join(mkdtempSync(join(tmpdir(), 'framehub-')), 'framehub.yaml');
  const save = (content) => {
    writeFileSync(`${path}~`, content);
    renameSync(`${path}~`, path);
  };
  save(text);
  return { path, save };
}

/** Runs the command to its end: `{ status, stdout, stderr }`. */
export async function framehub(args, options = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (output[name] += chunk));
  const [status, signal] = await once(child, 'close');
  return { status, signal, ...output };
}

const running = new Set();

/** Ends what a failed test left running. */
export async function stopAll() {
  await Promise.all([...running].map((hub) => hub.stop()));
}

/** Starts the server and waits until it says that it serves. */
export const serve = (...args) => serveWith({}, ...args);

/**
 * The same with options for `node` and for the process.
 * @param {{ node?: string[], env?: object, uid?: number, gid?: number }} how
 */
export async function serveWith({ node = [], env = {}, ...how }, ...args) {
  const child = spawn(process.execPath, [...node, COMMAND, '--port', '0', '--host', '127.0.0.1', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...how,
  });
  const closed = once(child, 'close');
  let log = '';
  const heard = new Set();
  const address = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      log += chunk;
      for (const listener of heard) listener();
      const found = /open (http:\/\/[^\s"]+)/.exec(log)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    closed.then(([status]) => reject(new Error(`framehub ended with ${status}:\n${log}`)));
  });
  const hub = {
    pid: child.pid,
    log: () => log,
    url: (path) => new URL(path, address),
    // A connection of its own each time: one that is kept may have been closed while a test was busy decoding.
    json: async (path) => (await fetch(new URL(path, address), { headers: { connection: 'close' } })).json(),
    async patch(path, body) {
      const headers = { 'content-type': 'application/json', connection: 'close' };
      return fetch(new URL(path, address), { method: 'PATCH', headers, body: JSON.stringify(body) });
    },
    signal: (name) => child.kill(name),
    /** The next line of the log that matches, from `since` on. */
    said: (pattern, since = 0) =>
      new Promise((resolve, reject) => {
        const stop = (settle, value) => {
          clearTimeout(timer);
          heard.delete(look);
          settle(value);
        };
        const look = () => {
          const match = pattern.exec(log.slice(since));
          if (match) stop(resolve, match);
        };
        const timer = setTimeout(() => stop(reject, new Error(`${pattern} was not said:\n${log}`)), PATIENCE_MS);
        heard.add(look);
        look();
      }),
    /** Ends it as systemd would; returns its exit code. */
    async stop() {
      running.delete(hub);
      child.kill('SIGTERM');
      const [status] = await closed;
      return status;
    },
  };
  running.add(hub);
  return hub;
}

/** A viewer of an MJPEG stream: `next()` gives the newest complete JPEG not given before. */
export async function watch(url) {
  const request = http.get(url);
  const [response] = await once(request, 'response');
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode}`);
  let buffer = Buffer.alloc(0);
  const frames = [];
  let wake = () => {};
  let ended = false;
  response.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      const headers = buffer.subarray(0, Math.max(end, 0)).toString();
      const length = /content-length: (\d+)/i.exec(headers)?.[1];
      if (!length || buffer.length < end + 4 + Number(length)) return;
      const frame = buffer.subarray(end + 4, end + 4 + Number(length));
      frames.push(Object.assign(frame, { isCard: /x-framehub-placeholder/i.test(headers) }));
      buffer = buffer.subarray(end + 4 + Number(length));
      wake();
    }
  });
  for (const event of ['close', 'error']) {
    response.on(event, () => {
      ended = true;
      wake();
    });
  }
  return {
    get connected() {
      return !ended;
    },
    async next() {
      const limit = setTimeout(() => wake(), PATIENCE_MS);
      const deadline = Date.now() + PATIENCE_MS;
      while (frames.length === 0) {
        if (ended) throw new Error('the stream has ended');
        if (Date.now() >= deadline) throw new Error(`no frame within ${PATIENCE_MS} ms`);
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      clearTimeout(limit);
      return frames.shift();
    },
    async take(count) {
      const taken = [];
      while (taken.length < count) taken.push(await this.next());
      return taken;
    },
    /** Forgets what has come until now: the next frame is one that comes from now on. */
    skip() {
      frames.length = 0;
    },
    close: () => request.destroy(),
  };
}

/** A frame that each viewer gets from now on; the first may have been on its way already. */
export async function nextOfEach(viewers) {
  for (const viewer of viewers) viewer.skip();
  return Promise.all(viewers.map(async (viewer) => (await viewer.take(2))[1]));
}

/**
 * Of viewers with `extra_headers=1`: the next frame of each that the hub calls a picture, or a card. What it really is,
 * is to be seen by decoding it.
 */
export function nextCalled(what, viewers) {
  for (const viewer of viewers) viewer.skip();
  return Promise.all(
    viewers.map(async (viewer) => {
      let frame;
      do frame = await viewer.next();
      while (frame.isCard !== (what === 'card'));
      return frame;
    }),
  );
}

/** Of what `/api/cameras/CAMERA` answers. */
export const isCard = ({ placeholder }) => placeholder !== null;
export const isLive = ({ state, placeholder, fps }) => state === 'live' && placeholder === null && fps.measured > 0;

/** Asks until the answer is yes, or says what it was at last. Events of another process can only be asked for. */
export async function until(ask, wanted) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)}, and not ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Decodes JPEGs with a foreign decoder, one whose process starts at once in an emulated machine. Gives
 * `{ width, height, rgb, at(x, y) -> [r, g, b] }` for each; throws what is wrong with it, also where that can be mended.
 */
export function decode(jpegs) {
  return jpegs.map((jpeg) => {
    const { width, height } = inspectJpeg(jpeg);
    const pnm = execFileSync('djpeg', ['-rgb'], { input: jpeg, stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 256 << 20 });
    const header = `P6\n${width} ${height}\n255\n`;
    const rgb = pnm.subarray(header.length);
    if (pnm.toString('latin1', 0, header.length) !== header || rgb.length !== width * height * 3)
      throw new Error(`not the ${width}x${height} that it says`);
    return { width, height, rgb, at: (x, y) => [...rgb.subarray((y * width + x) * 3).subarray(0, 3)] };
  });
}

/** The number that usbcam draws: 32 cells across the top 16 rows, white = 1, high bit first. */
export function drawnNumber({ width, at }) {
  let number = 0;
  for (let cell = 0; cell < 32; cell++)
    number = number * 2 + (at(Math.floor(((cell + 0.5) * width) / 32), 8)[1] > 128 ? 1 : 0);
  return number;
}

/**
 * Pictures of usbcam are new ones, in order. When nothing comes for a second the last one is sent again: that is none.
 * Returns their numbers.
 */
export function assertInOrder(pictures) {
  const numbers = pictures.map(drawnNumber).filter((number, i, all) => number !== all[i - 1]);
  assert.ok(numbers.length > 1, `they move: ${numbers}`);
  for (const [i, number] of numbers.entries()) assert.ok(i === 0 || number > numbers[i - 1], `${numbers}`);
  return numbers;
}

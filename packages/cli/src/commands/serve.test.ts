import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { inspectJpeg } from '@framehub/frame';
import test from 'ava';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { run, start } from './command.test.helper.js';

// One after another: each test is a process or two, and machines that build have few cores.
const SMALL = 'pattern:320x240@15';
const folder = temporaryFolder('serve');

async function snapshot(url: string, init?: RequestInit) {
  // A machine that is busy takes its time to start the first encoder.
  const response = await fetch(`${url}?timeout=30000`, init);
  return { status: response.status, jpeg: inspectJpeg(new Uint8Array(await response.arrayBuffer())) };
}

/** What each camera does, once that is as wanted. */
async function states(url: string, wanted: (states: readonly string[]) => boolean): Promise<readonly string[]> {
  for (;;) {
    const { cameras } = (await (await fetch(`${url}api/cameras`)).json()) as {
      cameras: { name: string; state: string }[];
    };
    const all = cameras.map(({ name, state }) => `${name}: ${state}`);
    if (wanted(all)) return all;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The sizes of the first parts of an MJPEG stream. */
async function streamParts(url: string, count: number): Promise<number> {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  let text = '';
  let parts = 0;
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('latin1');
    parts = text.split('Content-Type: image/jpeg').length - 1;
    if (parts >= count) break;
  }
  abort.abort();
  return parts;
}

test.serial('a pattern camera: stream, snapshot and state are there once it says so', async (t) => {
  const { url } = await start(t, ['-camera', SMALL, '-rotate', '90']);
  t.like(await snapshot(`${url}snapshot`), { status: 200, jpeg: { width: 240, height: 320 } });
  t.true((await streamParts(`${url}stream`, 3)) >= 3);
  const { cameras } = (await (await fetch(`${url}api/cameras`)).json()) as { cameras: object[] };
  t.like(cameras[0], { name: 'camera0', state: 'live', rendition: { rotate: 90 } });
});

test.serial('several named cameras, by name and by number', async (t) => {
  const { url } = await start(t, ['--camera', `garage=${SMALL}`, '--camera', 'door=pattern:160x120@15']);
  t.like(await snapshot(`${url}snapshot/garage`), { jpeg: { width: 320, height: 240 } });
  t.like(await snapshot(`${url}snapshot/door`), { jpeg: { width: 160, height: 120 } });
  t.true((await streamParts(`${url}1/stream`, 2)) >= 2);
});

test.serial('a second viewer gets its own stream while the first goes on', async (t) => {
  const { url } = await start(t, ['--camera', SMALL]);
  const counts = await Promise.all([streamParts(`${url}stream`, 5), streamParts(`${url}stream?width=160`, 5)]);
  t.true(counts.every((count) => count >= 5));
});

test.serial('SIGTERM ends streams and cameras within 2 s, with exit code 0', async (t) => {
  const { child, ended, url } = await start(t, ['--camera', SMALL]);
  const viewer = await fetch(`${url}stream`);
  const reading = viewer.arrayBuffer().then(
    () => 'ended',
    () => 'ended',
  );
  child.kill('SIGTERM');
  const { stdout, ...end } = await ended;
  t.like(end, { code: 0, signal: null, stderr: '' });
  // What takes longer is not waited for, and said.
  t.notRegex(String(stdout), /did not close in time/);
  t.is(await reading, 'ended');
});

test.serial('Ctrl-C ends it as well', async (t) => {
  const { child, ended } = await start(t, ['--camera', SMALL]);
  child.kill('SIGINT');
  t.like(await ended, { code: 0, stderr: '' });
});

test.serial('a port in use is one line and exit code 1', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const { code, stderr } = await run(['--camera', SMALL, '--host', '127.0.0.1', '--port', `${port}`]);
  server.close();
  t.is(code, 1);
  t.regex(stderr, new RegExp(`^framehub: port ${port} is in use.*\\n$`));
});

test.serial('a password guards everything but /healthz', async (t) => {
  const file = join(folder, 'users');
  writeFileSync(file, 'ann:secret\n', { mode: 0o600 });
  const { url } = await start(t, ['--camera', SMALL, '--auth-file', file]);
  t.is((await fetch(`${url}healthz`)).status, 200);
  t.is((await fetch(`${url}snapshot`)).status, 401);
  const authorization = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
  t.like(await snapshot(`${url}snapshot`, { headers: { authorization } }), { status: 200 });
});

test.serial('a warning says that anyone can view, unless only this machine can', async (t) => {
  const { record } = await start(t, ['--camera', SMALL, '--host', '0.0.0.0']);
  t.regex((await record(({ level }) => level === 40)).msg, /anyone in the network can view/);
});

test.serial('-logfile appends to a file what the terminal shows', async (t) => {
  const file = join(folder, 'framehub.log');
  writeFileSync(file, 'before\n');
  const { child, ended } = await start(t, ['-camera', SMALL, '-logfile', file]);
  child.kill('SIGTERM');
  const { stdout } = await ended;
  t.is(readFileSync(file, 'utf8'), `before\n${stdout}`);
});

const onFullDisk = existsSync('/dev/full') ? test.serial : test.serial.skip;
onFullDisk('a log file on a full disk is logged, and frames go on (needs /dev/full)', async (t) => {
  const { url, record } = await start(t, ['--camera', 'pattern:320x240@15', '-logfile', '/dev/full']);
  await record(
    ({ msg }) => msg === 'the log file /dev/full cannot be written, and is continued when it can: the disk is full',
  );
  t.like(await snapshot(`${url}snapshot`), { status: 200 });
});

test.serial('a configuration file: cameras in its order, and one that is missing is waited for', async (t) => {
  const file = join(folder, 'framehub.yaml');
  writeFileSync(file, `cameras:\n  door: { source: '${SMALL}', width: 160 }\n  shed: { source: file:not-there-yet }\n`);
  const { url } = await start(t, ['--config', file]);
  t.like(await snapshot(`${url}snapshot`), { status: 200, jpeg: { width: 160, height: 120 } });
  t.deepEqual(await states(url, ([, shed]) => shed !== 'shed: starting'), ['door: live', 'shed: retrying']);
});

test.serial("usbStream's option file starts it", async (t) => {
  const file = join(folder, 'usbStream.config');
  writeFileSync(
    file,
    `-camera ${SMALL}  # the test pattern\n-rotate 180   #Causes the program to rotate\n-# "shed"\n-verbose\n`,
  );
  const { url } = await start(t, ['-file', file]);
  t.like(await snapshot(`${url}snapshot`), { status: 200 });
});

test.serial(
  'a camera of an option file that is not there is waited for: a service starts with the machine',
  async (t) => {
    const file = join(folder, 'early.config');
    writeFileSync(file, '-camera file:not-there-yet\n');
    const { url } = await start(t, ['-file', file]);
    t.deepEqual(await states(url, ([camera]) => camera !== 'camera0: starting'), ['camera0: retrying']);
  },
);

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { begin, run, start } from './command.test.helper.js';
import { countFrames, look, watching } from './mqtt.test.helper.js';

const SMALL = 'pattern:320x240@15';

function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'framehub-timelapse-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Collects until a snapshot of this name is stored, and stops then. */
async function collectUntil(t: ExecutionContext, name: string, out: string, args: readonly string[]) {
  const changes = watch(out);
  const { child, ended } = begin(t, ['timelapse', ...args, '--out', out]);
  const failed = ended.then(({ stderr }) => {
    throw new Error(`it ended too early: ${stderr}`);
  });
  const stored = async () => {
    for await (const _ of changes) if (existsSync(join(out, name))) return;
  };
  await Promise.race([stored(), failed]);
  failed.catch(() => {});
  child.kill('SIGINT');
  return ended;
}

const snapshotsIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.jpg'));

function assertRising(t: ExecutionContext, numbers: readonly number[]): void {
  for (const [index, number] of numbers.entries()) {
    const before = numbers[index - 1];
    if (before !== undefined && number <= before) t.fail(`frame ${index}: ${number} follows ${before}`);
  }
  t.pass();
}

// One after another: each test starts several processes, and CI machines have few cores.
watching('60 snapshots over MQTT become a film of 60 frames, whose drawn numbers rise', async (t) => {
  const folder = temporaryFolder(t);
  const port = await freePort();
  const config = join(folder, 'framehub.yaml');
  writeFileSync(config, `mqtt: { embedded: { port: ${port} } }\ncameras: { bed: { source: '${SMALL}' } }\n`);
  await start(t, ['--config', config]);
  const out = mkdtempSync(join(folder, 'snapshots-'));
  const source = ['--mqtt', `mqtt://127.0.0.1:${port}`, '--camera', 'bed', '--every', '200ms'];
  const { code, stdout } = await collectUntil(t, '000060.jpg', out, source);
  t.is(code, 0);
  const count = snapshotsIn(out).length;
  t.true(count >= 60);
  t.regex(`${stdout}`, new RegExp(`${count} snapshots, last 0000${count}\\.jpg .*\\n$`));
  const film = join(folder, 'film.mp4');
  const rendered = await run(['timelapse', 'render', out, '-o', film, '--fps', '30']);
  t.is(rendered.code, 0, rendered.stderr);
  t.regex(`${rendered.stdout}`, new RegExp(`film\\.mp4: ${count} frames, [\\d.]+ s\\n$`));
  t.is(countFrames(film), count);
  const { width, height, numbers } = look(film);
  t.deepEqual([width, height, numbers.length], [320, 240, count]);
  assertRising(t, numbers);
});

watching('over HTTP from a hub, with --keep, and an existing film is not replaced', async (t) => {
  const { url } = await start(t, ['--camera', `bed=${SMALL}`, '--camera', `door=${SMALL}`]);
  const out = temporaryFolder(t);
  const source = ['--from', url, '--camera', 'door', '--every', '100ms', '--keep', '4'];
  t.like(await collectUntil(t, '000006.jpg', out, source), { code: 0, stderr: '' });
  t.is(snapshotsIn(out).length, 4);
  const film = join(temporaryFolder(t), 'film.mp4');
  const render = (...more: string[]) => run(['timelapse', 'render', out, '-o', film, '--width', '160', ...more]);
  t.is((await render()).code, 0);
  t.like(look(film), { width: 160, height: 120 });
  t.is(countFrames(film), 4);
  const again = await render();
  t.is(again.code, 1);
  t.regex(again.stderr, /^framehub: .*film\.mp4 exists already.*--overwrite\n$/);
  t.is((await render('--overwrite', '--deflicker')).code, 0);
});

test.serial('each published snapshot is stored with --on-message', async (t) => {
  const folder = temporaryFolder(t);
  const port = await freePort();
  const config = join(folder, 'framehub.yaml');
  writeFileSync(
    config,
    `mqtt: { embedded: { port: ${port}, user: ann, passwordFile: password }, every: 200ms }
cameras: { bed: { source: '${SMALL}' } }
`,
  );
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'se:cret\n', { mode: 0o600 });
  await start(t, ['--config', config]);
  const out = mkdtempSync(join(folder, 'snapshots-'));
  const credentials = ['--username', 'ann', '--password-file', passwordFile];
  const source = ['--mqtt', `mqtt://127.0.0.1:${port}`, '--camera', 'bed', '--on-message', ...credentials];
  const { code, stdout, stderr } = await collectUntil(t, '000003.jpg', out, source);
  t.is(code, 0);
  t.notRegex(`${stdout}${stderr}`, /se:cret/);
});

const wrong: readonly [string[], number, RegExp][] = [
  [['--from', 'http://h', '--every', '1s'], 2, /--out DIR is missing/],
  [['--out', 'x', '--every', '1s'], 2, /give one source: mqtt /],
  [['--out', 'x', '--from', 'http://h', '-every', 'soon'], 2, /every must be a time from 20ms to 7d, .*, not soon/],
  [['--out', 'x', '--from', 'http://h'], 2, /give one schedule: every /],
  [['--out', 'x', '--from', 'http://h', '--every', '1s', '--keep', 'all'], 2, /--keep must be a number, not all/],
  [['--out', 'x', '--mqtt', 'mqtt://h', '--every', '1s', '--password-file', 'no'], 1, /--password-file: no cannot be/],
  [['--out', 'x', '--from', 'http://h', '--every', '1s', '--timeout', 'long'], 2, /timeout must be a time/],
  [['--out', 'x', '--from', 'http://h', '--every', '1s', '--patience', 'long'], 2, /timeout must be a time/],
  [['redner', 'x'], 2, /there is no command 'redner': did you mean render\?/],
  [['render', 'nowhere'], 2, /--output/],
  [['render', 'nowhere', '-o', 'film.gif'], 2, /output must be a file that ends with .*, not film\.gif/],
  [['render', 'nowhere', '-o', 'film.mp4'], 1, /nowhere cannot be read: no such file or folder/],
];

for (const [args, exitCode, message] of wrong) {
  test.serial(`a clear message, and exit code ${exitCode}: framehub timelapse ${args.join(' ')}`, async (t) => {
    const { code, stderr } = await run(['timelapse', ...args], temporaryFolder(t));
    t.is(code, exitCode);
    t.regex(stderr, message);
    t.is(stderr.trimEnd().split('\n').length, 1, stderr);
  });
}

test.serial('--help of both fits a terminal', async (t) => {
  for (const args of [['timelapse'], ['timelapse', 'render']]) {
    const { code, stdout } = await run([...args, '--help']);
    t.is(code, 0);
    t.regex(`${stdout}`, new RegExp(`^Usage: framehub ${args.join(' ')} `));
    for (const line of `${stdout}`.split('\n')) t.true(line.length <= 80, line);
  }
});

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectJpeg } from '@framehub/frame';
import { version } from '@framehub/hub';
import { configJsonSchema } from '@framehub/hub/config';
import test from 'ava';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { run, runUnread } from './command.test.helper.js';

const folder = temporaryFolder('commands');
// One after another: each test is a process or two, and machines that build have few cores.
const SMALL = 'pattern:320x240@15';

test.serial('--version and --help', async (t) => {
  t.is(`${(await run(['--version'])).stdout}`, `${version}\n`);
  const { code, stdout } = await run(['-help']);
  t.is(code, 0);
  for (const word of ['--camera', '--port', '--config', 'snapshot', 'Examples:']) t.true(stdout.includes(word), word);
  // Read on a terminal of the usual width.
  for (const line of `${stdout}`.split('\n')) t.true(line.length <= 80, line);
  t.regex(`${(await run(['help', 'snapshot'])).stdout}`, /^Usage: framehub snapshot/);
});

test.serial('a reader who leaves early, as head does, is no reason to complain', async (t) => {
  t.like(await runUnread(['--help']), { code: 0, stderr: '' });
  t.like(await runUnread(['config', 'schema']), { code: 0, stderr: '' });
  const { code, stderr } = await runUnread(['snapshot', '-o', '-', '--camera', SMALL]);
  t.is(code, 1);
  t.is(stderr, 'framehub: the standard output cannot be written: the reader has closed it\n');
});

const wrong: readonly [string[], number, RegExp][] = [
  [['-size', '99'], 2, /^framehub: --size must be a number from 0 to 8, or WIDTHxHEIGHT/],
  [['-framerate', '0'], 2, /^framehub: --fps must be .*, not 0/],
  [['-rotate', '45'], 2, /^framehub: --rotate must be .*, not 45/],
  [['-port', '99999'], 2, /^framehub: --port must be .*, not 99999/],
  [['-prot', '80'], 2, /^framehub: there is no option -prot: did you mean -port\?/],
  [['-file', 'nowhere'], 2, /^framehub: the option file nowhere cannot be read: there is no such file/],
  [['sevre'], 2, /^framehub: there is no command 'sevre': did you mean serve\?/],
  [['serve', 'now'], 2, /^framehub: 'now' is not an option/],
  [['config', 'chekc'], 2, /^framehub: there is no command 'chekc': did you mean check\?/],
  [['config'], 2, /^framehub: 'config' needs a command: there are check, schema/],
  [['snapshot'], 2, /^framehub: .*--output/],
  [['devices', '--jsn'], 2, /^framehub: there is no option --jsn: did you mean --json\?/],
  [['--camera', '/dev/video99'], 1, /^framehub: .*\/dev\/video99/],
  [['--camera', '/dev/null', '-manexp', '1', '-exposure', '9'], 1, /^framehub: \/dev\/null (is not a camera|.* Linux)/],
  [['--camera', 'file:/nowhere', '--port', '0'], 1, /^framehub: .*\/nowhere/],
  [['--camera', SMALL, '--auth-file', 'nowhere'], 1, /^framehub: http\.authFile: nowhere cannot be read/],
  [['--camera', SMALL, '-logfile', 'nowhere/log'], 1, /^framehub: the log file nowhere\/log cannot be written/],
  [['--config', 'nowhere.yaml'], 1, /^framehub: the configuration nowhere\.yaml cannot be read/],
];

for (const [args, exitCode, message] of wrong) {
  test.serial(`one clear line, and exit code ${exitCode}: framehub ${args.join(' ')}`, async (t) => {
    const { code, stderr } = await run(args, folder);
    t.is(code, exitCode);
    t.regex(stderr, message);
    t.is(stderr.trimEnd().split('\n').length, 1, stderr);
  });
}

test.serial('snapshot writes one JPEG into a file, and nothing else', async (t) => {
  const place = mkdtempSync(join(folder, 'frames-'));
  const { code, stderr } = await run(['snapshot', '-o', 'now.jpg', '--camera', SMALL, '--rotate', '90'], place);
  t.is(code, 0, stderr);
  t.deepEqual(readdirSync(place), ['now.jpg']);
  t.like(inspectJpeg(readFileSync(join(place, 'now.jpg'))), { width: 240, height: 320 });
});

test.serial('snapshot writes to the standard output', async (t) => {
  const { code, stdout } = await run(['snapshot', '-o', '-', '--camera', SMALL]);
  t.is(code, 0);
  t.like(inspectJpeg(stdout), { width: 320, height: 240 });
});

test.serial('snapshot says which camera it cannot choose, and where it cannot write', async (t) => {
  const several = await run(['snapshot', '-o', 'x.jpg', '--camera', `a=${SMALL}`, '--camera', `b=${SMALL}`], folder);
  t.regex(several.stderr, /^framehub: a snapshot is of one camera, and there are a, b/);
  const nowhere = await run(['snapshot', '-o', 'none/x.jpg', '--camera', SMALL], folder);
  t.regex(nowhere.stderr, /^framehub: none\/x\.jpg cannot be written: there is no such file or folder\n$/);
});

test.serial('config check names every problem, or says that there is none', async (t) => {
  writeFileSync(join(folder, 'bad.yaml'), 'http:\n  port: x\n  prot: 1\n');
  const bad = await run(['config', 'check', 'bad.yaml'], folder);
  t.is(bad.code, 1);
  t.deepEqual(bad.stderr.trimEnd().split('\n'), [
    'framehub: bad.yaml:2:9: http.port must be a whole number from 0 to 65535, not x',
    'framehub: bad.yaml:3:3: unknown key http.prot: did you mean port?',
  ]);
  writeFileSync(join(folder, 'good.yaml'), 'cameras:\n  a: { source: pattern }\n');
  t.like(await run(['config', 'check', 'good.yaml'], folder), { code: 0, stderr: '' });
});

test.serial('config schema prints the JSON Schema', async (t) => {
  t.deepEqual(JSON.parse(`${(await run(['config', 'schema'])).stdout}`), configJsonSchema());
});

test.serial('devices --json prints a list', async (t) => {
  const { code, stdout } = await run(['devices', '--json']);
  t.is(code, 0);
  t.true(Array.isArray(JSON.parse(`${stdout}`)));
});

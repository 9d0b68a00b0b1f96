import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { jpegTopic } from '@framehub/frame';
import { freePort } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { createHub } from '../index.js';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { begin, run, start } from './command.test.helper.js';
import { foreign, message } from './mqtt.test.helper.js';

// One after another: each test is a process or two, and machines that build have few cores.
const folder = temporaryFolder('passwords');
const WARNING = /everyone on this machine can read the password on the command line in the list of processes: use /;

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

async function snapshot(): Promise<Uint8Array> {
  const hub = await createHub({ cameras: { a: { source: 'pattern:64x48' } } });
  try {
    for await (const { data } of hub.broker.frames(jpegTopic('a', {}))) return data;
    throw new Error('no frame came');
  } finally {
    await hub.close();
  }
}

/** A camera that gives its frames to one user only. */
async function lockedCamera(t: ExecutionContext, user = 'ann', password = 'SECRET') {
  const data = await snapshot();
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const server = createServer(({ headers: { authorization } }, response) => {
    if (authorization === expected) response.writeHead(200, { 'content-type': 'image/jpeg' }).end(data);
    else response.writeHead(401).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/live/SECRET?SECRET=SECRET#SECRET` };
}

const snapshotOf = (camera: string, ...more: string[]) =>
  ['snapshot', '-o', join(folder, 'now.jpg'), '--camera', camera, ...more] as const;

test.serial('the password of a camera comes from a file', async (t) => {
  const { url } = await lockedCamera(t);
  const secret = file('password', 'SECRET\n');
  const taken = await run(snapshotOf(url, '--camera-user', 'ann', '--camera-password-file', secret));
  t.like(taken, { code: 0, stderr: '' });
  const withUser = url.replace('//', '//ann@');
  t.like(await run(snapshotOf(withUser, '--camera-password-file', secret)), { code: 0, stderr: '' });
});

test.serial('from the configuration, relative to its file, and from the environment', async (t) => {
  const { url } = await lockedCamera(t);
  mkdirSync(join(folder, 'etc'), { recursive: true });
  file('etc/door', 'SECRET\n');
  const config = file(
    'etc/framehub.yaml',
    `cameras: { door: { source: '${url}', username: ann, passwordFile: door } }`,
  );
  t.like(await run(['snapshot', '-o', join(folder, 'now.jpg'), '--config', config]), { code: 0, stderr: '' });
  const environment = { FRAMEHUB_CAMERA_USERNAME: 'ann', FRAMEHUB_CAMERA_PASSWORD: 'SECRET' };
  t.like(await run(snapshotOf(url), undefined, environment), { code: 0, stderr: '' });
  const one = { FRAMEHUB_CAMERA_USERNAME: 'ann', FRAMEHUB_CAMERA_PASSWORD_BACK_DOOR: 'SECRET' };
  t.like(await run(snapshotOf(`back-door=${url}`), undefined, one), { code: 0, stderr: '' });
});

test.serial('one in the list of processes is warned of, once, and the way out named', async (t) => {
  const { url } = await lockedCamera(t);
  const spoken = url.replace('//', '//ann:SECRET@');
  const taken = await run(snapshotOf(spoken));
  t.is(taken.code, 0);
  t.regex(taken.stderr, WARNING);
  t.regex(taken.stderr, /--camera-password-file FILE or FRAMEHUB_CAMERA_PASSWORD instead/);
  t.notRegex(taken.stderr, /SECRET/);
  for (const args of [
    ['--camera', spoken],
    [`-camera=a=${spoken}`, '--camera', `b=${spoken}`],
  ]) {
    const { record, child, ended } = await start(t, args);
    const { msg } = await record((line) => line.level === 40 && WARNING.test(line.msg));
    t.regex(msg, /--camera-password-file/);
    child.kill('SIGTERM');
    const said = String((await ended).stdout);
    t.is(said.match(new RegExp(WARNING, 'g'))?.length, 1);
    t.notRegex(said, /SECRET/);
  }
  const { record } = await start(t, ['--camera', 'pattern', '--mqtt', 'mqtt://ann:SECRET@127.0.0.1:1']);
  t.regex(
    (await record(({ msg }) => WARNING.test(msg))).msg,
    /mqtt\.passwordFile .* or FRAMEHUB_MQTT_PASSWORD instead/,
  );
});

test.serial('one in a file that everyone can read is warned of, and not one in the user’s own', async (t) => {
  const { url } = await lockedCamera(t);
  const spoken = url.replace('//', '//ann:SECRET@');
  const yaml = `cameras: { door: { source: '${spoken}' } }`;
  const warnings = async (args: readonly string[]) => {
    const { code, stderr } = await run(['snapshot', '-o', join(folder, 'now.jpg'), ...args]);
    t.is(code, 0);
    t.notRegex(stderr, /SECRET/);
    return stderr;
  };
  const open = /everyone on this machine can read the passwords in .*: chmod 600/;
  t.regex(await warnings(['--config', file('open.yaml', yaml, 0o644)]), open);
  t.is(await warnings(['--config', file('own.yaml', yaml)]), '');
  t.regex(await warnings(['-file', file('open.config', `-camera ${spoken}\n`, 0o644)]), open);
  t.is(await warnings(['-file', file('own.config', `-camera ${spoken}\n`)]), '');
});

test.serial('timelapse warns of one on its command line, and takes it from a file or the environment', async (t) => {
  const { url, host } = await lockedCamera(t);
  const args = (from: string) => ['timelapse', '--from', from, '--every', '200ms', '--out', join(folder, 'frames')];
  const until = async (words: readonly string[], pattern: RegExp, environment = {}) => {
    const { child, ended } = begin(t, words, environment);
    let said = '';
    for (const output of [child.stdout, child.stderr])
      output?.on('data', (chunk) => {
        said += chunk;
        if (pattern.test(said) && !child.killed) child.kill('SIGINT');
      });
    const { code } = await ended;
    t.is(code, 0, said);
    t.notRegex(said, /SECRET/);
    return said;
  };
  const stored = /\d snapshot/;
  t.regex(
    await until(args(`http://ann:SECRET@${host}/SECRET`), stored),
    /--password-file FILE or FRAMEHUB_HTTP_PASSWORD/,
  );
  const secret = file('password', 'SECRET\n');
  t.notRegex(await until([...args(url), '--username', 'ann', '--password-file', secret], stored), WARNING);
  await until(args(url), stored, { FRAMEHUB_HTTP_USERNAME: 'ann', FRAMEHUB_HTTP_PASSWORD: 'SECRET' });
  const broker = ['timelapse', '--mqtt', 'mqtt://ann:SECRET@127.0.0.1:1', '--camera', 'a', '--on-message', '--out'];
  t.regex(
    await until([...broker, join(folder, 'none')], /connection refused/),
    /--password-file FILE or FRAMEHUB_MQTT_PASSWORD/,
  );
});

test.serial('what is typed wrong is not repeated with its secrets', async (t) => {
  const address = 'http://SECRET:SECRET@cam:99999/SECRET?SECRET#SECRET';
  const config = file(
    'bad.yaml',
    `cameras:\n  a: { source: '${address}' }\n  '${address}': { source: 0 }\nhttp: "${address}" x`,
  );
  const wrong = [
    [address],
    ['serve', address],
    ['--camera', address],
    [`--camera=${address}`],
    ['--camera', `a=${address}`],
    ['--port', address],
    ['--mqtt', address],
    ['--config', config],
    ['config', 'check', config],
    ['timelapse', '--from', address, '--every', '1s', '--out', folder],
    ['timelapse', '--mqtt', address, '--camera', 'a', '--on-message', '--out', folder],
    ['timelapse', '--from', 'http://cam/SECRET', '--camera', 'a', '--every', '1s', '--out', folder],
    ['timelapse', '--from', 'http://cam/', '--camera', address, '--every', '1s', '--out', folder],
    ['timelapse', '--from', 'http://cam/', '--every', address, '--out', folder],
    ['timelapse', 'rendr', address],
  ];
  for (const args of wrong) {
    const { code, stdout, stderr } = await run(args);
    t.true(code === 1 || code === 2, args.join(' '));
    t.notRegex(`${stdout}${stderr}`, /SECRET/);
  }
  const parts = file('parts.yaml', `cameras:\n  a: { source: '${address}' }\n  '${address}': { source: 0 }\n`);
  t.notRegex((await run(['config', 'check', parts])).stderr, /SECRET/);
});

foreign('a running hub shows them nowhere: status, page, metrics, log, errors, placeholders and MQTT', async (t) => {
  const { url } = await lockedCamera(t);
  const port = await freePort();
  const config = file(
    'shown.yaml',
    `log: { level: debug }
mqtt: { embedded: { port: ${port} }, every: 200ms }
cameras:
  open: { source: '${url.replace('//', '//ann:SECRET@')}' }
  locked: { source: '${url.replace('//', '//SECRET:wrong@')}' }
  nobody: { source: 'http://SECRET:SECRET@127.0.0.1:1/SECRET?SECRET#SECRET' }
  page: { source: '${url.replace('/live', '/page')}' }
`,
  );
  const running = await start(t, ['--config', config]);
  for (const camera of ['open', 'locked', 'nobody', 'page'])
    await running.record(({ camera: of, code, msg }) => of === camera && (code !== undefined || /is live/.test(msg)));
  await message(t, port, 'framehub/open/snapshot');
  const seen: string[] = [];
  const paths = [
    '',
    'api/cameras',
    'api/cameras/locked',
    'api/cameras/nobody/controls',
    'metrics',
    'healthz',
    'snapshot/nobody',
    'snapshot/locked?size=max',
    'api/openapi.json',
    'state',
    'nobody/stream?fps=x',
  ];
  for (const path of paths) seen.push(await (await fetch(`${running.url}${path}`)).text());
  const everything = ['-h', '127.0.0.1', '-p', `${port}`, '-t', '#', '-v', '-W', '2'];
  seen.push(spawnSync('mosquitto_sub', everything, { encoding: 'latin1' }).stdout);
  running.child.kill('SIGTERM');
  const { stdout, stderr } = await running.ended;
  seen.push(String(stdout), stderr);
  t.true(seen.join().includes('127.0.0.1:1/…'), 'there was something to see');
  for (const text of seen) t.notRegex(text, /SECRET/);
});

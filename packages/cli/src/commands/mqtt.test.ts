import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectJpeg } from '@framehub/frame';
import { EmbeddedServer } from '@framehub/mqtt-gateway';
import { freePort } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { run, start } from './command.test.helper.js';
import { foreign, listen, look, message } from './mqtt.test.helper.js';
import { view } from './viewer.test.helper.js';

const SMALL = 'pattern:320x240@15';

function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'framehub-mqtt-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A broker that is not framehub's, though it is of the same make. */
async function broker(t: ExecutionContext, options: { user?: string; password?: string } = {}) {
  const running = new EmbeddedServer({ port: 0, ...options });
  await running.start();
  t.teardown(() => running.close());
  return running;
}

// One after another: each test is a process or two, and machines that build have few cores.
foreign('the embedded broker has retained snapshots that decode, and where to find the camera', async (t) => {
  const folder = temporaryFolder(t);
  const port = await freePort();
  const config = join(folder, 'framehub.yaml');
  writeFileSync(
    config,
    `mqtt: { embedded: { port: ${port} }, every: 200ms, width: 640 }
cameras:
  bed: { source: '${SMALL}' }
  door: { source: '${SMALL}', mqtt: { width: 160, rotate: 90 } }
`,
  );
  const { url } = await start(t, ['--config', config]);
  const seen = async (camera: string) => {
    const file = join(folder, `${camera}.jpg`);
    writeFileSync(file, await message(t, port, `framehub/${camera}/snapshot`));
    return look(file);
  };
  await message(t, port, 'framehub/bed/snapshot');
  // One that comes live in the same moment may be published first.
  await listen(t, port, 'framehub/bed/snapshot', '-F', '%r').says('1');
  const first = await seen('bed');
  t.like(first, { width: 320, height: 240 });
  // The newest retained one is replaced in its own time.
  let later = await seen('bed');
  while ((later.numbers[0] ?? 0) <= (first.numbers[0] ?? 0)) later = await seen('bed');
  t.like(later, { width: 320, height: 240 });
  t.like(await seen('door'), { width: 160, height: 214 });
  const attributes = JSON.parse(`${await message(t, port, 'framehub/bed/attributes')}`);
  t.like(attributes, { camera: 'bed', width: 320, height: 240, url: `${url}#/bed` });
});

foreign('the will says that framehub is away when it is killed', async (t) => {
  const { port } = await broker(t);
  const available = listen(t, port, 'framehub/available');
  const { child } = await start(t, ['--camera', `bed=${SMALL}`, '--mqtt', `mqtt://127.0.0.1:${port}`]);
  await available.says('online');
  child.kill('SIGKILL');
  await available.says('offline');
  t.pass();
});

foreign('Ctrl-C says good-bye in time, and ends with exit code 0', async (t) => {
  const { port } = await broker(t);
  const bed = listen(t, port, 'framehub/bed/available');
  const { child, ended } = await start(t, ['--camera', `bed=${SMALL}`, '--mqtt', `mqtt://127.0.0.1:${port}`]);
  await bed.says('online');
  child.kill('SIGINT');
  await bed.says('offline');
  const { code, stdout } = await ended;
  t.is(code, 0);
  t.notRegex(`${stdout}`, /did not close in time/);
});

foreign('another schedule in the file makes the gateway anew, and no viewer notices', async (t) => {
  const file = join(temporaryFolder(t), 'framehub.yaml');
  const port = await freePort();
  const save = (every: string, width: number) => {
    const plan = `mqtt: { every: ${every}, width: ${width} }`;
    writeFileSync(
      `${file}~`,
      `mqtt: { embedded: { port: ${port} } }\ncameras: { bed: { source: '${SMALL}', ${plan} } }`,
    );
    renameSync(`${file}~`, file);
  };
  save('1h', 160);
  const { url, record, recorded } = await start(t, ['--config', file]);
  const viewer = await view(t, `${url}stream`);
  await viewer.size('320x240');
  const before = recorded();
  save('200ms', 240);
  await record((line) => line.msg === 'cameras: unchanged');
  await record(({ msg }) => msg === 'MQTT restarts with its new configuration');
  const brokers = await record(({ msg, port: on }) => /^MQTT server on/.test(msg) && on === port, before);
  t.truthy(brokers);
  await viewer.size('320x240');
  t.like(inspectJpeg(await message(t, port, 'framehub/bed/snapshot', '-W', '30')), { width: 240, height: 180 });
  t.true(viewer.connected());
});

foreign('an embedded broker whose port is taken comes when the port is free, and no viewer notices', async (t) => {
  const file = join(temporaryFolder(t), 'framehub.yaml');
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const save = (mqtt: string) => {
    writeFileSync(`${file}~`, `${mqtt}cameras: { bed: { source: '${SMALL}' } }`);
    renameSync(`${file}~`, file);
  };
  save('');
  const { url, child, ended, record, recorded } = await start(t, ['--config', file]);
  const viewer = await view(t, `${url}stream`);
  save(`mqtt: { embedded: { port: ${port} }, every: 200ms }\n`);
  const { code, msg } = await record((line) => /^MQTT does not work for now/.test(line.msg));
  t.is(code, 'MQTT_PORT_IN_USE');
  t.regex(msg, new RegExp(`: port ${port} is in use, .*; it is tried again$`));
  // Reading the same again is no reason to begin twice.
  await record((line) => line.msg === 'cameras: unchanged');
  const before = recorded();
  child.kill('SIGHUP');
  await record((line) => line.msg === 'cameras: unchanged', before);
  other.close();
  await record((line) => /^MQTT server on/.test(line.msg) && line.port === port);
  t.like(inspectJpeg(await message(t, port, 'framehub/bed/snapshot', '-W', '30')), { width: 320, height: 240 });
  t.true(viewer.connected());
  child.kill('SIGTERM');
  const { stdout } = await ended;
  t.is(`${stdout}`.match(/MQTT does not work/g)?.length, 1, 'said once');
});

foreign('a password of a file is used, and published nowhere', async (t) => {
  const folder = temporaryFolder(t);
  const { port } = await broker(t, { user: 'ann', password: 'se cret' });
  writeFileSync(join(folder, 'password'), 'se cret\n', { mode: 0o600 });
  const config = join(folder, 'framehub.yaml');
  writeFileSync(
    config,
    `cameras: { bed: { source: '${SMALL}' } }
mqtt: { url: 'mqtt://127.0.0.1:${port}', username: ann, passwordFile: password }`,
  );
  const { child, ended } = await start(t, ['--config', config, '--verbose']);
  await listen(t, port, 'framehub/available', '-u', 'ann', '-P', 'se cret').says('online');
  child.kill('SIGTERM');
  const { stdout, stderr } = await ended;
  t.notRegex(`${stdout}${stderr}`, /se cret/);
});

test.serial('a broker that is away costs nothing but a warning', async (t) => {
  const url = `mqtt://ann:secret@127.0.0.1:${await freePort()}`;
  const running = await start(t, ['--camera', SMALL, '--mqtt', url, '--mqtt-every', '1s']);
  const { msg } = await running.record((line) => line.level === 40 && /cannot be reached/.test(line.msg));
  t.notRegex(msg, /secret/);
  t.is((await fetch(`${running.url}snapshot`)).status, 200);
});

test.serial("the embedded broker's port in use is one line and exit code 1", async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const config = join(temporaryFolder(t), 'framehub.yaml');
  writeFileSync(config, `mqtt: { embedded: { port: ${port} } }\ncameras: { bed: { source: '${SMALL}' } }\n`);
  const { code, stderr } = await run(['--config', config, '--host', '127.0.0.1', '--port', '0']);
  server.close();
  t.is(code, 1);
  t.regex(stderr, new RegExp(`^framehub: .*${port}.* in use.*\\n$`));
});

test.serial('wrong options of MQTT are one line', async (t) => {
  const folder = temporaryFolder(t);
  const failing = async (section: string, ...args: string[]) => {
    const config = join(folder, 'framehub.yaml');
    writeFileSync(config, `mqtt: ${section}\ncameras: { bed: { source: '${SMALL}' } }\n`);
    const { code, stderr } = await run(['--config', config, '--host', '127.0.0.1', '--port', '0', ...args]);
    t.not(code, 0);
    t.is(stderr.trimEnd().split('\n').length, 1, stderr);
    return stderr;
  };
  t.regex(await failing('{ passwordFile: nowhere }'), /^framehub: mqtt\.passwordFile: .*nowhere cannot be read: there/);
  t.regex(await failing('{ cron: "0 25 * * *" }'), /^framehub: .*:1:15: mqtt\.cron must be /);
  t.regex(await failing('{}', '--mqtt', 'amqp://me:secret@b'), /^framehub: --mqtt must be/);
});

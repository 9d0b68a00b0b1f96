import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { requestOf } from './to-config.js';

const folder = temporaryFolder('request');

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const full = `
cameras:
  garage: { source: /dev/video0, rotate: 180 }
  door: { source: http://door.local/stream, fps: 5 }
http: { port: 8080 }
`;

test('options win over the file, and its cameras may come later', (t) => {
  const config = file('over.yaml', full);
  const { config: merged, required } = requestOf({ config, port: 9000, verbose: true });
  t.like(merged.http, { port: 9000 });
  t.is(merged.log.level, 'debug');
  t.deepEqual(Object.keys(merged.cameras), ['garage', 'door']);
  t.false(required);
});

test("cameras of the command line take the place of the file's", (t) => {
  const config = file('replace.yaml', full);
  const { config: merged, required } = requestOf({
    config,
    camera: [{ name: undefined, source: 'pattern' }],
    rotate: 90,
  });
  t.deepEqual(Object.keys(merged.cameras), ['camera0']);
  t.true(required);
});

test("an option of a camera does not reach the file's cameras, and says so", (t) => {
  const config = file('reach.yaml', full);
  t.throws(() => requestOf({ config, rotate: 90 }), {
    code: 'CLI_USAGE',
    message: /^--rotate is for cameras of the command line/,
  });
  t.throws(() => requestOf({ config, manexp: 1 }), { code: 'CLI_USAGE', message: /^--manexp/ });
});

test('--mqtt makes it begin, and --mqtt-every needs that', (t) => {
  t.like(requestOf({ mqtt: 'embedded', mqttEvery: '2m' }).config.mqtt, { embedded: true, every: 120_000 });
  t.like(requestOf({ mqtt: 'mqtt://broker' }).config.mqtt, { url: 'mqtt://broker', prefix: 'framehub' });
  t.is(requestOf({}).config.mqtt, undefined);
  t.throws(() => requestOf({ mqttEvery: '2m' }), { code: 'CLI_USAGE', message: /^--mqtt-every needs an MQTT server/ });
});

test('options take the place of the broker and the schedule of the file, and of nothing else', (t) => {
  const over = (options: object, section: string) =>
    requestOf({ config: 'framehub.yaml', ...options }, silentLogger, `mqtt: ${section}`).config.mqtt;
  const mqtt = '{ url: "mqtt://one", prefix: home, cron: "0 * * * *" }';
  t.like(over({ mqtt: 'mqtt://two' }, mqtt), { url: 'mqtt://two', prefix: 'home', cron: '0 * * * *' });
  const embedded = over({ mqtt: 'embedded', mqttEvery: '1s' }, mqtt);
  t.like(embedded, { embedded: true, every: 1000, prefix: 'home' });
  t.false(['url', 'cron'].some((key) => key in (embedded ?? {})));
  t.like(over({ mqtt: 'embedded' }, '{ embedded: { port: 1884 } }'), { embedded: { port: 1884 } });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FramehubError } from '@framehub/frame';
import test from 'ava';
import { temporaryFolder } from '../snapshots.fixture.js';
import { type CollectOptions, readCollectOptions } from './options.js';

const MQTT: CollectOptions = { out: 'snapshots', mqtt: 'mqtt://server', camera: 'garage', onMessage: true };
const HUB: CollectOptions = { out: 'snapshots', from: 'http://pi4:8090', every: '10s' };

test('the address of a hub means its first camera, or the named one', (t) => {
  const plan = readCollectOptions(HUB);
  t.like(plan, { intervalMs: 10_000, keep: Number.POSITIVE_INFINITY, source: { type: 'http', isHub: true } });
  t.is(String((plan.source as { url: URL }).url), 'http://pi4:8090/snapshot');
  const named = readCollectOptions({ ...HUB, camera: 'garage' });
  t.is(String((named.source as { url: URL }).url), 'http://pi4:8090/snapshot/garage');
});

test('the timeout is the interval, from 1 s to 30 s, or the given one', (t) => {
  const timeoutOf = (every: string) => readCollectOptions({ ...HUB, every }).timeoutMs;
  t.deepEqual(['20ms', '5s', '10 s', '1h'].map(timeoutOf), [1000, 5000, 10_000, 30_000]);
  t.is(readCollectOptions({ ...HUB, timeout: '2m' }).timeoutMs, 120_000);
});

test('an address with a path is not changed', (t) => {
  const { source } = readCollectOptions({ ...HUB, from: 'https://cam/snapshot?width=640' });
  t.like(source, { type: 'http', isHub: false });
  t.is(String((source as { url: URL }).url), 'https://cam/snapshot?width=640');
});

test('user name and password are removed from an address', (t) => {
  const { source } = readCollectOptions({ ...HUB, from: 'http://ann:a%40b%@pi4:8090' });
  t.is(String((source as { url: URL }).url), 'http://pi4:8090/snapshot');
  t.like(source, { authorization: `Basic ${Buffer.from('ann:a@b%').toString('base64')}` });
  const { source: mqtt } = readCollectOptions({ ...MQTT, mqtt: 'mqtts://ann:pass%3Aword@broker:8883' });
  t.like(mqtt, {
    server: { url: 'mqtts://broker:8883', label: 'mqtts://broker:8883', username: 'ann', password: 'pass:word' },
  });
});

test('the MQTT topics of a camera begin with the prefix; any other MQTT topic has snapshots only', (t) => {
  t.like(readCollectOptions(MQTT).source, {
    topic: 'framehub/garage/snapshot',
    hub: {
      attributes: 'framehub/garage/attributes',
      get: 'framehub/garage/snapshot/get',
      errors: 'framehub/garage/snapshot/error',
    },
    mode: 'each',
  });
  t.like(readCollectOptions({ ...MQTT, prefix: 'home/cams' }).source, { topic: 'home/cams/garage/snapshot' });
  const { camera: _, ...rest } = MQTT;
  t.like(readCollectOptions({ ...rest, topic: 'frigate/door/person/snapshot' }).source, { hub: undefined });
});

const wrong: readonly [Partial<CollectOptions>, CollectOptions, RegExp][] = [
  [{ out: '' }, HUB, /^out must be a folder, not ''$/],
  [{ keep: 0 }, HUB, /^keep must be a whole number from 1, not 0$/],
  [{ keep: 1.5 }, HUB, /^keep must be .*, not 1\.5$/],
  [{ every: '10' }, HUB, /^every must be a time from 20ms to 7d, such as 500ms, 10s, 2m or 1h, not 10$/],
  [{ every: 10 }, HUB, /^every must be .*, not 10$/],
  [{ every: '' }, HUB, /^every must be .*, not ''$/],
  [{ every: '1w' }, HUB, /^every must be .*, not 1w$/],
  [{ every: '-1s' }, HUB, /^every must be .*, not -1s$/],
  [{ every: '1ms' }, HUB, /^every must be .*, not 1ms$/],
  [{ timeout: 'long' }, HUB, /^timeout must be .*, not long$/],
  [{ every: '8d' }, HUB, /^every must be .*, not 8d$/],
  [{ every: undefined }, HUB, /^give one schedule: /],
  [{ every: '1s' }, MQTT, /^give one schedule: /],
  [{ from: undefined }, HUB, /^give one source: /],
  [{ from: 'http://pi4' }, MQTT, /^give one source: /],
  [{ every: undefined, onMessage: true }, HUB, /^on-message needs mqtt/],
  [{ topic: 'x' }, HUB, /^topic needs mqtt/],
  [{ from: 'ftp://secret@pi4' }, HUB, /^from must be an address that begins with http:\/\/ or https:\/\/$/],
  [{ from: 'pi4:8090' }, HUB, /^from must be/],
  [{ from: 'http://pi4/webcam', camera: 'garage' }, HUB, /^camera needs the address of a hub, without a path/],
  [{ camera: 'a/b' }, HUB, /^camera must be letters, digits, - and _, not a\/b$/],
  [{ camera: undefined }, MQTT, /^with mqtt, give camera /],
  [{ topic: 'x' }, MQTT, /^with mqtt, give camera /],
  [{ camera: undefined, topic: 'a/#' }, MQTT, /^topic must be an MQTT topic without # and \+, not a\/#$/],
  [{ camera: undefined, topic: '$SYS/x' }, MQTT, /^topic must be .*, not \$SYS\/x$/],
  [{ prefix: '+' }, MQTT, /^prefix must be .*, not \+$/],
  [
    { mqtt: 'http://ann:secret@server' },
    MQTT,
    /^mqtt must be an address that begins with mqtt:\/\/, mqtts:\/\/, ws:\/\/, wss:\/\/$/,
  ],
  [{ mqtt: 'server' }, MQTT, /^mqtt must be/],
  [{ mqttVersion: '3.1' as '5' }, MQTT, /^mqttVersion must be auto, 5 or 3\.1\.1, not 3\.1$/],
  [{ ca: join('nowhere', 'ca.pem') }, MQTT, /^ca must be a readable file \(no such file or folder\), not .*ca\.pem$/],
];

for (const [change, base, message] of wrong) {
  test(`a clear message for ${Object.entries(change).map(String)}: ${message.source.slice(1, 30)}`, (t) => {
    const error = t.throws<FramehubError>(() => readCollectOptions({ ...base, ...change }), {
      instanceOf: FramehubError,
    });
    t.is(error?.code, 'TIMELAPSE_INVALID_OPTION');
    t.regex(error?.message ?? '', message);
    t.notRegex(error?.message ?? '', /secret/);
  });
}

test('certificates that TLS does not accept are refused at once, not at each connection', (t) => {
  const file = join(temporaryFolder(t), 'pem');
  writeFileSync(file, 'none');
  for (const choice of [{ ca: file }, { cert: file, key: file }])
    t.throws(() => readCollectOptions({ ...MQTT, ...choice }), {
      code: 'TIMELAPSE_INVALID_OPTION',
      message: /^ca, cert or key must be PEM that TLS accepts \(.+\): .*pem$/,
    });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FramehubError } from '@framehub/frame';
import test from 'ava';
import { temporaryFolder } from '../pictures.fixture.js';
import { type CollectOptions, readCollectOptions } from './options.js';

const BROKER: CollectOptions = { out: 'pictures', mqtt: 'mqtt://broker', camera: 'garage', onMessage: true };
const HUB: CollectOptions = { out: 'pictures', from: 'http://pi4:8090', every: '10s' };

test('a hub is asked for its first camera, or for a named one', (t) => {
  const plan = readCollectOptions(HUB);
  t.like(plan, { interval: 10_000, keep: Number.POSITIVE_INFINITY, source: { type: 'http', isHub: true } });
  t.is(String((plan.source as { url: URL }).url), 'http://pi4:8090/snapshot');
  const named = readCollectOptions({ ...HUB, camera: 'garage' });
  t.is(String((named.source as { url: URL }).url), 'http://pi4:8090/snapshot/garage');
});

test('a picture is waited for as long as an interval, within reason, or as is wished', (t) => {
  const patienceOf = (every: string) => readCollectOptions({ ...HUB, every }).patience;
  t.deepEqual(['20ms', '5s', '1h'].map(patienceOf), [1000, 5000, 30_000]);
  t.is(readCollectOptions({ ...HUB, patience: '2m' }).patience, 120_000);
});

test('an address with a path is taken as it is', (t) => {
  const { source } = readCollectOptions({ ...HUB, from: 'https://cam/snapshot?width=640' });
  t.like(source, { type: 'http', isHub: false });
  t.is(String((source as { url: URL }).url), 'https://cam/snapshot?width=640');
});

test('name and password of an address are taken out of it', (t) => {
  const { source } = readCollectOptions({ ...HUB, from: 'http://ann:a%40b%@pi4:8090' });
  t.is(String((source as { url: URL }).url), 'http://pi4:8090/snapshot');
  t.like(source, { authorization: `Basic ${Buffer.from('ann:a@b%').toString('base64')}` });
  const { source: mqtt } = readCollectOptions({ ...BROKER, mqtt: 'mqtts://ann:pass%3Aword@broker:8883' });
  t.like(mqtt, {
    broker: { url: 'mqtts://broker:8883', label: 'mqtts://broker:8883', username: 'ann', password: 'pass:word' },
  });
});

test('topics of a camera begin with the prefix; any other topic is one of pictures only', (t) => {
  t.like(readCollectOptions(BROKER).source, {
    topic: 'framehub/garage/snapshot',
    hub: {
      attributes: 'framehub/garage/attributes',
      get: 'framehub/garage/snapshot/get',
      errors: 'framehub/garage/snapshot/error',
    },
    wanted: 'each',
  });
  t.like(readCollectOptions({ ...BROKER, prefix: 'home/cams' }).source, { topic: 'home/cams/garage/snapshot' });
  const { camera: _, ...rest } = BROKER;
  t.like(readCollectOptions({ ...rest, topic: 'frigate/door/person/snapshot' }).source, { hub: undefined });
});

const wrong: readonly [Partial<CollectOptions>, CollectOptions, RegExp][] = [
  [{ out: '' }, HUB, /^out {2}is not possible: allowed is a folder$/],
  [{ keep: 0 }, HUB, /^keep 0 is not possible: allowed is a whole number from 1$/],
  [{ keep: 1.5 }, HUB, /^keep 1.5 is not possible/],
  [{ every: '10' }, HUB, /^every 10 is not possible: allowed is a time from 20ms to 7d, such as 500ms, 10s, 2m or 1h$/],
  [{ every: '1ms' }, HUB, /^every 1ms is not possible/],
  [{ patience: 'long' }, HUB, /^patience long is not possible/],
  [{ every: '8d' }, HUB, /^every 8d is not possible/],
  [{ every: undefined }, HUB, /^when is a picture stored\?/],
  [{ every: '1s' }, BROKER, /^when is a picture stored\?/],
  [{ from: undefined }, HUB, /^where do the pictures come from\?/],
  [{ from: 'http://pi4' }, BROKER, /^where do the pictures come from\?/],
  [{ every: undefined, onMessage: true }, HUB, /^on-message is for mqtt/],
  [{ topic: 'x' }, HUB, /^topic is for mqtt/],
  [{ from: 'ftp://secret@pi4' }, HUB, /^from needs an address that begins with http:\/\/ or https:\/\/$/],
  [{ from: 'pi4:8090' }, HUB, /^from needs/],
  [{ from: 'http://pi4/webcam', camera: 'garage' }, HUB, /^from has a path already, \/…, so/],
  [{ camera: 'a/b' }, HUB, /^camera a\/b is not possible: allowed is letters, digits, - and _$/],
  [{ camera: undefined }, BROKER, /^which pictures\?/],
  [{ topic: 'x' }, BROKER, /^which pictures\?/],
  [{ camera: undefined, topic: 'a/#' }, BROKER, /^topic a\/# is not possible: allowed is a topic without # and \+$/],
  [{ camera: undefined, topic: '$SYS/x' }, BROKER, /^topic \$SYS\/x/],
  [{ prefix: '+' }, BROKER, /^prefix \+ is not possible/],
  [
    { mqtt: 'http://ann:secret@broker' },
    BROKER,
    /^mqtt needs an address that begins with mqtt:\/\/, mqtts:\/\/, ws:\/\/, wss:\/\/$/,
  ],
  [{ mqtt: 'broker' }, BROKER, /^mqtt needs/],
  [{ mqttVersion: '3.1' as '5' }, BROKER, /^mqtt version 3\.1 is not possible: allowed is auto, 5, 3\.1\.1$/],
  [
    { ca: join('nowhere', 'ca.pem') },
    BROKER,
    /^ca .*ca\.pem is not possible: allowed is a file that can be read \(there is no such file or folder\)$/,
  ],
];

for (const [change, base, message] of wrong) {
  test(`one clear line for ${Object.entries(change).map(String)}: ${message.source.slice(1, 30)}`, (t) => {
    const error = t.throws<FramehubError>(() => readCollectOptions({ ...base, ...change }), {
      instanceOf: FramehubError,
    });
    t.is(error?.code, 'TIMELAPSE_INVALID_OPTION');
    t.regex(error?.message ?? '', message);
    t.notRegex(error?.message ?? '', /secret/);
  });
}

test('certificates that TLS cannot use are refused at once, not at each connection', (t) => {
  const file = join(temporaryFolder(t), 'pem');
  writeFileSync(file, 'none');
  for (const choice of [{ ca: file }, { cert: file, key: file }])
    t.throws(() => readCollectOptions({ ...BROKER, ...choice }), {
      code: 'TIMELAPSE_INVALID_OPTION',
      message: /^ca, cert or key .*pem is not possible: allowed is what TLS can use, as PEM/,
    });
});

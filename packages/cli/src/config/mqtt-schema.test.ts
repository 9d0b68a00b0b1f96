import test from 'ava';
import { requestOf } from '../arguments/to-config.js';
import { parseConfig } from './load.js';

const read = (text: string) => parseConfig(text, '/etc/framehub/framehub.yaml');
const mqtt = (text: string) => read(`mqtt: ${text}`).mqtt;

test('without a section there is no MQTT', (t) => {
  t.is(read('').mqtt, undefined);
});

test('a section says which broker, how to be let in, and what goes out by itself', (t) => {
  const text = `
mqtt:
  url: mqtts://broker.local
  username: ann
  passwordFile: password
  tls: { ca: ca.pem, cert: /own.pem, key: /own.key }
  version: 5
  every: 10s
  width: 640
cameras:
  garage: { source: 0, mqtt: { every: 500ms, frames: { fps: 5 } } }
  door: { source: 1, mqtt: { cron: '0 7-19 * * *' } }
`;
  const config = read(text);
  t.like(config.mqtt, {
    username: 'ann',
    passwordFile: '/etc/framehub/password',
    tls: { ca: '/etc/framehub/ca.pem', cert: '/own.pem', key: '/own.key', verify: true },
    every: 10_000,
    width: 640,
    prefix: 'framehub',
    homeassistant: true,
  });
  t.deepEqual(config.cameras.garage?.mqtt, { every: 500, frames: { fps: 5 } });
  t.deepEqual(config.cameras.door?.mqtt, { cron: '0 7-19 * * *' });
});

test('the embedded broker listens on this machine, unless told otherwise', (t) => {
  t.is(mqtt('{ embedded: true }')?.embedded, true);
  t.like(mqtt('{ embedded: { user: ann, passwordFile: p } }')?.embedded, {
    host: '127.0.0.1',
    port: 1883,
    passwordFile: '/etc/framehub/p',
  });
});

const refused: readonly [string, RegExp][] = [
  [
    'mqtt: { url: http://broker }',
    /:1:14: mqtt\.url: http:\/\/broker is not possible: allowed is mqtt:\/\/HOST, mqtts/,
  ],
  ['mqtt: { url: "mqtt:me:secret@broker" }', /mqtt\.url: mqtt:…@broker is not possible/],
  ['mqtt: { url: "amqp://me:secret@broker" }', /mqtt\.url: amqp:\/\/…@broker is not possible/],
  [
    'mqtt: { url: "mqtt://b", embedded: true }',
    /:1:36: mqtt\.embedded: "true" is not possible|either url or embedded$/,
  ],
  [
    'mqtt: { password: secret }',
    /:1:9: mqtt\.password: there is no such key: allowed is url, embedded, .*passwordFile/,
  ],
  ['mqtt: { embedded: yes please }', /mqtt\.embedded: yes please is not possible: allowed is true, or a list of host/],
  ['mqtt: { embedded: { port: x } }', /:1:27: mqtt\.embedded\.port: x is not possible: allowed is a whole number from/],
  ['mqtt: { embedded: { prot: 1 } }', /:1:21: mqtt\.embedded\.prot: there is no such key: did you mean port\?$/],
  ['mqtt: { homeassistant: { nodeId: a b } }', /mqtt\.homeassistant\.nodeId: a b is not possible: allowed is letters/],
  [
    'mqtt: { every: 10 }',
    /mqtt\.every: 10 is not possible: allowed is a time from 100ms to 7d such as 10s, 500ms or 2m/,
  ],
  ['mqtt: { every: 50ms }', /mqtt\.every: 50ms is not possible/],
  ['mqtt: { every: 8d }', /mqtt\.every: 8d is not possible/],
  ['mqtt: { cron: hourly }', /mqtt\.cron: hourly is not possible: allowed is five fields such as '0 7-19/],
  [
    "mqtt: { cron: '99 * * * *' }",
    /:1:15: mqtt\.cron: 99 \* .* is not possible: allowed is five fields .* \(minute 0-59, .*; invalid value for minute: 99$/,
  ],
  ["mqtt: { cron: '0 0 32 * *' }", /mqtt\.cron: .* is not possible: allowed is .*; invalid value for day: 32$/],
  ["mqtt: { cron: '60 0 0 1 * *' }", /mqtt\.cron: .* is not possible: allowed is .*; invalid value for second: 60$/],
  ["mqtt: { cron: '0 0 30 2 *' }", /mqtt\.cron: .* is not possible: allowed is .*; it never comes$/],
  [
    "cameras: { a: { source: 0, mqtt: { cron: '0 25 * * *' } } }",
    /cameras\.a\.mqtt\.cron: 0 25 \* \* \* is not possible: allowed is .*; invalid value for hour: 25$/,
  ],
  ['mqtt: { every: 1s, cron: "* * * * *" }', /mqtt\.cron: .* is not possible: allowed is either every or cron$/],
  ['mqtt: { version: 4 }', /mqtt\.version: 4 is not possible: allowed is auto, 5, 3\.1\.1$/],
  ['mqtt: { qos: 3 }', /mqtt\.qos: 3 is not possible: allowed is 0, 1, 2$/],
  ['mqtt: { prefix: a/# }', /mqtt\.prefix: a\/# is not possible: allowed is a topic without/],
  ['mqtt: { tls: { cert: a } }', /mqtt\.tls\.key: is missing: allowed is both cert and key, or none$/],
  ['mqtt: { rotate: 45 }', /mqtt\.rotate: 45 is not possible: allowed is 0, 90, 180, 270$/],
  ['cameras: { a: { source: 0, mqtt: { every: soon } } }', /cameras\.a\.mqtt\.every: soon is not possible: allowed is/],
  ['cameras: { a: { source: 0, mqtt: { frames: { fps: 61 } } } }', /cameras\.a\.mqtt\.frames\.fps: 61 is not possible/],
  ['cameras: { a: { source: 0, mqtt: { qos: 1 } } }', /cameras\.a\.mqtt\.qos: there is no such key: allowed is every/],
];

for (const [text, message] of refused) {
  test(`refused with key and what is allowed: ${text}`, (t) => {
    const error = t.throws(() => read(text), { code: 'CLI_CONFIG_INVALID', message });
    t.notRegex(error?.message ?? '', /secret/);
  });
}

test('--mqtt makes it begin, and --mqtt-every needs that', (t) => {
  t.like(requestOf({ mqtt: 'embedded', mqttEvery: '2m' }).config.mqtt, { embedded: true, every: 120_000 });
  t.like(requestOf({ mqtt: 'mqtt://broker' }).config.mqtt, { url: 'mqtt://broker', prefix: 'framehub' });
  t.is(requestOf({}).config.mqtt, undefined);
  t.throws(() => requestOf({ mqttEvery: '2m' }), { code: 'CLI_USAGE', message: /^--mqtt-every needs a broker/ });
});

test('options take the place of the broker and the schedule of the file, and of nothing else', (t) => {
  const over = (options: object, section: string) =>
    requestOf({ config: 'framehub.yaml', ...options }, `mqtt: ${section}`).config.mqtt;
  const file = '{ url: "mqtt://one", prefix: house, cron: "0 * * * *" }';
  t.like(over({ mqtt: 'mqtt://two' }, file), { url: 'mqtt://two', prefix: 'house', cron: '0 * * * *' });
  const embedded = over({ mqtt: 'embedded', mqttEvery: '1s' }, file);
  t.like(embedded, { embedded: true, every: 1000, prefix: 'house' });
  t.false(['url', 'cron'].some((key) => key in (embedded ?? {})));
  t.like(over({ mqtt: 'embedded' }, '{ embedded: { port: 1884 } }'), { embedded: { port: 1884 } });
});

import test from 'ava';
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
  ['mqtt: { url: http://broker }', /:1:14: mqtt\.url must be mqtt:\/\/HOST, mqtts.*, not http:\/\/broker$/],
  ['mqtt: { url: "mqtt:me:secret@broker" }', /mqtt\.url must be .*, not mqtt:…@broker$/],
  ['mqtt: { url: "amqp://me:secret@broker" }', /mqtt\.url must be .*, not amqp:\/\/…@broker$/],
  ['mqtt: { url: "mqtt://b", embedded: true }', /:1:36: mqtt\.embedded: url and embedded exclude each other$/],
  ['mqtt: { password: secret }', /:1:9: unknown key mqtt\.password: the keys are url, embedded, .*passwordFile/],
  ['mqtt: { embedded: yes please }', /mqtt\.embedded must be true, or an object with host, .*, not yes please$/],
  ['mqtt: { embedded: { port: x } }', /:1:27: mqtt\.embedded\.port must be a whole number from 0 to 65535, not x$/],
  ['mqtt: { embedded: { prot: 1 } }', /:1:21: unknown key mqtt\.embedded\.prot: did you mean port\?$/],
  ['mqtt: { homeassistant: { nodeId: a b } }', /mqtt\.homeassistant\.nodeId must be letters, .*, not a b$/],
  [
    'mqtt: { every: 10 }',
    /mqtt\.every must be a time with its unit from 100ms to 7d, such as 500ms, 10s or 2m, or never, not 10$/,
  ],
  ['mqtt: { every: 50ms }', /mqtt\.every must be .*, not 50ms$/],
  ['mqtt: { every: 8d }', /mqtt\.every must be .*, not 8d$/],
  ['mqtt: { cron: hourly }', /mqtt\.cron must be five fields such as '0 7-19.*, not hourly$/],
  [
    "mqtt: { cron: '99 * * * *' }",
    /:1:15: mqtt\.cron must be five fields .* \(minute 0-59, .*; invalid value for minute: 99, not 99 \* \* \* \*$/,
  ],
  ["mqtt: { cron: '0 0 32 * *' }", /mqtt\.cron must be .*; invalid value for day: 32, not /],
  ["mqtt: { cron: '60 0 0 1 * *' }", /mqtt\.cron must be .*; invalid value for second: 60, not /],
  ["mqtt: { cron: '0 0 30 2 *' }", /mqtt\.cron must be .*; it never comes, not /],
  [
    "cameras: { a: { source: 0, mqtt: { cron: '0 25 * * *' } } }",
    /cameras\.a\.mqtt\.cron must be .*; invalid value for hour: 25, not 0 25 \* \* \*$/,
  ],
  ['mqtt: { every: 1s, cron: "* * * * *" }', /mqtt\.cron: every and cron exclude each other$/],
  ['mqtt: { version: 4 }', /mqtt\.version must be auto, 5 or 3\.1\.1, not 4$/],
  ['mqtt: { qos: 3 }', /mqtt\.qos must be 0, 1 or 2, not 3$/],
  ['mqtt: { prefix: a/# }', /mqtt\.prefix must be an MQTT topic without .*, not a\/#$/],
  ['mqtt: { tls: { cert: a } }', /mqtt\.tls\.key: cert and key go together$/],
  ['mqtt: { rotate: 45 }', /mqtt\.rotate must be 0, 90, 180 or 270, not 45$/],
  ['cameras: { a: { source: 0, mqtt: { every: soon } } }', /cameras\.a\.mqtt\.every must be .*, not soon$/],
  ['cameras: { a: { source: 0, mqtt: { frames: { fps: 61 } } } }', /cameras\.a\.mqtt\.frames\.fps must be .*, not 61$/],
  ['cameras: { a: { source: 0, mqtt: { qos: 1 } } }', /unknown key cameras\.a\.mqtt\.qos: the keys are every/],
];

for (const [text, message] of refused) {
  test(`refused with key and what is allowed: ${text}`, (t) => {
    const error = t.throws(() => read(text), { code: 'CONFIG_INVALID', message });
    t.notRegex(error?.message ?? '', /secret/);
  });
}

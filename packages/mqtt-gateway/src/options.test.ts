import { FramehubError } from '@framehub/frame';
import { FakeHub } from '@framehub/testing';
import test from 'ava';
import { MqttGateway } from './gateway.js';
import { type MqttGatewayOptions, readOptions } from './options.js';

const url = 'mqtt://broker';
const hub = new FakeHub();

for (const [key, options] of [
  ['options', {}],
  ['options', { url, embedded: {} }],
  ['url', { url: 'http://broker' }],
  ['url', { url: 'mqtt://me:sesame@' }],
  ['prefix', { url, prefix: 'a/+/b' }],
  ['prefix', { url, prefix: '/a' }],
  ['prefix', { url, prefix: '$SYS' }],
  ['prefix', { url, prefix: 'a\x01b' }],
  ['clientId', { url, clientId: 'a\x1f' }],
  ['username', { url, username: 'ann\ud800' }],
  ['keepalive', { url, keepalive: 30 }],
  ['reconnect.minMs', { url, reconnect: { minMs: 1 } }],
  ['qos', { url, qos: 3 as 2 }],
  ['password', { url, password: '' }],
  ['cameras.garage.cron', { url, cameras: { garage: { cron: '61 * * * *' } } }],
  ['cameras.garage.cron', { url, cameras: { garage: { cron: '0 0 30 2 *' } } }],
  ['cameras.garage', { url, cameras: { garage: { cron: '* * * * *', every: 1000 } } }],
  ['cameras.a b', { url, cameras: { 'a b': {} } }],
  ['camera.every', { url, camera: { every: 10 } }],
  ['camera.rendition.width', { url, camera: { rendition: { width: 5 } } }],
  ['camera.frames.fps', { url, camera: { frames: { fps: 0 } } }],
  ['embedded.port', { embedded: { port: -1 } }],
  ['homeassistant.nodeId', { url, homeassistant: { nodeId: 'a/b' } }],
  ['pasword', { url, pasword: 'sesame' } as MqttGatewayOptions],
  ['username', { url, username: 'sesame\x01' }],
  ['tls.ca', { url, tls: { ca: 7 as unknown as string } }],
] as const satisfies readonly (readonly [string, MqttGatewayOptions])[]) {
  test(`${key} of ${JSON.stringify(options)} is named in the error, and no secret`, (t) => {
    const error = t.throws(() => new MqttGateway(hub.broker, hub, options), {
      instanceOf: FramehubError,
      code: 'MQTT_INVALID_OPTION',
    });
    t.is(error?.details.key, key);
    t.notRegex(error?.message ?? '', /sesame/);
    t.notRegex(error?.message ?? '', /\n/);
  });
}

test('an address is enough: all other options have defaults', (t) => {
  const settings = readOptions({ url });
  t.like(settings, { prefix: 'framehub', qos: 1, retain: true, version: 'auto', statsInterval: 30_000 });
  t.like(settings.homeassistant, { enabled: true, discoveryPrefix: 'homeassistant' });
  t.regex(settings.clientId, /^framehub-.+-framehub$/);
  t.deepEqual(settings.camera, { rendition: {} });
});

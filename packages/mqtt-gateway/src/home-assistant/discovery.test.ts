import { until } from '@framehub/testing';
import test from 'ava';
import { json, Listener, run, says } from '../client.fixture.js';
import { SERVERS } from '../servers.fixture.js';

const TOPIC = 'homeassistant/device/framehub_pi4_garage/config';

test('a camera is announced to Home Assistant as one device', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  await run(t, { url: server?.url, httpUrl: () => 'http://pi4:8090/' });
  const client = await Listener.connect(t, server?.url ?? '', 'homeassistant/#');
  await client.hear(TOPIC);
  const late = await Listener.connect(t, server?.url ?? '', TOPIC);
  const heard = await late.hear(TOPIC);
  t.true(heard.packet.retain);
  const { components, ...device } = json(heard);
  t.deepEqual(device, {
    device: {
      identifiers: ['framehub_pi4_garage'],
      name: 'garage',
      manufacturer: 'framehub',
      model: 'a test',
      sw_version: '0.0.0-test',
      configuration_url: 'http://pi4:8090/',
    },
    origin: { name: 'framehub', sw_version: '0.0.0-test' },
    availability: [{ topic: 'framehub/available' }, { topic: 'framehub/garage/available' }],
    availability_mode: 'all',
  });
  // A switch that is unavailable while its camera is off could never switch it on.
  const always = [{ topic: 'framehub/available' }];
  t.deepEqual(components, {
    snapshot: {
      platform: 'camera',
      unique_id: 'framehub_pi4_garage_snapshot',
      name: null,
      default_entity_id: 'camera.garage',
      topic: 'framehub/garage/snapshot',
      json_attributes_topic: 'framehub/garage/attributes',
    },
    fps: {
      platform: 'sensor',
      unique_id: 'framehub_pi4_garage_fps',
      name: 'FPS',
      default_entity_id: 'sensor.garage_fps',
      state_topic: 'framehub/garage/stats',
      value_template: '{{ value_json.fps_measured }}',
      unit_of_measurement: 'fps',
      state_class: 'measurement',
      entity_category: 'diagnostic',
    },
    problem: {
      platform: 'binary_sensor',
      unique_id: 'framehub_pi4_garage_problem',
      name: 'Problem',
      default_entity_id: 'binary_sensor.garage_problem',
      device_class: 'problem',
      state_topic: 'framehub/garage/stats',
      value_template: "{{ 'ON' if value_json.problem else 'OFF' }}",
      json_attributes_topic: 'framehub/garage/stats',
      entity_category: 'diagnostic',
      availability: always,
    },
    enabled: {
      platform: 'switch',
      unique_id: 'framehub_pi4_garage_enabled',
      name: 'Enabled',
      default_entity_id: 'switch.garage_enabled',
      command_topic: 'framehub/garage/enabled/set',
      state_topic: 'framehub/garage/enabled/state',
      payload_on: 'ON',
      payload_off: 'OFF',
      availability: always,
    },
    get_snapshot: {
      platform: 'button',
      unique_id: 'framehub_pi4_garage_get_snapshot',
      name: 'Take snapshot',
      default_entity_id: 'button.garage_take_snapshot',
      command_topic: 'framehub/garage/snapshot/get',
      payload_press: '{"fresh":true}',
    },
    profile: {
      platform: 'select',
      unique_id: 'framehub_pi4_garage_profile',
      name: 'Profile',
      default_entity_id: 'select.garage_profile',
      command_topic: 'framehub/garage/profile/set',
      state_topic: 'framehub/garage/profile/state',
      options: ['day', 'night'],
      entity_category: 'config',
    },
  });
});

test('cameras are announced again when Home Assistant starts, and not for its retained status', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const client = await Listener.connect(t, server?.url ?? '', 'homeassistant/#');
  const say = (text: string, retain: boolean) =>
    client.client.publishAsync('homeassistant/status', text, { qos: 1, retain });
  await say('online', true);
  const { gateway } = await run(t, { url: server?.url });
  await client.hear(TOPIC);
  // Retained messages arrive before this command, and so have been read.
  await client.client.publishAsync('framehub/nowhere/enabled/set', '', { qos: 1 });
  await until(() => gateway.stats().problems['enabled CAMERA_UNKNOWN'] === 1);
  t.is(client.texts(TOPIC).length, 1);
  await say('offline', false);
  await say('online', true);
  const again = await client.hear(TOPIC, () => client.texts(TOPIC).length > 1);
  t.false(again.packet.retain, 'published anew');
  await client.hear('homeassistant/device/framehub_pi4_printer/config');
  t.is(client.texts(TOPIC).length, 2);
});

test('however often Home Assistant seems to start, announcements are rate-limited', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const { gateway } = await run(t, { url: server?.url });
  const client = await Listener.connect(t, server?.url ?? '', 'homeassistant/device/#');
  await client.hear(TOPIC);
  for (let births = 1; births <= 5; births++) {
    client.client.publish('homeassistant/status', 'online');
    await client.client.publishAsync('framehub/nowhere/enabled/set', '', { qos: 1 });
    await until(() => gateway.stats().problems['enabled CAMERA_UNKNOWN'] === births);
  }
  await client.client.publishAsync('homeassistant/device/last/config', 'x', { qos: 1 });
  await client.hear('homeassistant/device/last/config');
  t.is(client.texts(TOPIC).length, 2);
});

test('the entity of profiles is removed when the last profile is', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const { hub } = await run(t, { url: server?.url });
  const client = await Listener.connect(t, server?.url ?? '', 'homeassistant/#');
  await client.hear(TOPIC);
  hub.camera('garage').setProfiles();
  const heard = await client.hear(TOPIC, (message) => !json(message).components.profile.options);
  t.deepEqual(json(heard).components.profile, { platform: 'select' });
  t.is(Object.keys(json(heard).components).length, 6);
});

test('without Home Assistant nothing is announced', async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  await run(t, { url: server?.url, homeassistant: { enabled: false } });
  const client = await Listener.connect(t, server?.url ?? '');
  await client.hear('framehub/printer/stats', (heard) => json(heard).state === 'live');
  t.false(client.heard.some(({ topic }) => topic.startsWith('homeassistant')));
  await client.hear('framehub/available', says('online'));
});

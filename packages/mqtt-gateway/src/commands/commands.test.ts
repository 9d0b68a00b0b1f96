import { jpeg, play, until } from '@framehub/testing';
import test from 'ava';
import { type Heard, json, Listener, run, says } from '../client.fixture.js';
import { SERVERS } from '../servers.fixture.js';

/** Publishes a command in MQTT 5, and waits for the response to it. */
async function ask(client: Listener, topic: string, payload: string | Buffer, id: string): Promise<Heard> {
  const correlationData = Buffer.from(id);
  const properties = { responseTopic: 'responses/me', correlationData };
  client.client.publish(topic, payload, { qos: 1, properties });
  return client.hear(
    'responses/me',
    ({ packet }) => packet.properties?.correlationData?.equals(correlationData) ?? false,
  );
}

const mosquitto = SERVERS[1];

mosquitto?.test('with MQTT 5, a snapshot is sent to the response topic, in the requested rendition', async (t) => {
  const server = await mosquitto.start(t);
  const { hub, gateway } = await run(t, { url: server.url });
  const garage = hub.camera('garage');
  garage.paint = ({ width }) => jpeg(0, width);
  const client = await Listener.connect(t, server.url, '#', { protocolVersion: 5 });
  await client.hear('framehub/available');
  play(t, garage);
  const answer = await ask(client, 'framehub/garage/snapshot/get', '{"id": 7, "width": 32, "fresh": true}', 'a');
  t.deepEqual(new Uint8Array(answer.payload), jpeg(0, 32));
  t.is(answer.packet.properties?.contentType, 'image/jpeg');
  t.like(answer.packet.properties?.userProperties, { id: '7', w: '32', camera: 'garage' });
  t.false(answer.packet.retain);
  t.false(
    client.heard.some(({ topic }) => topic === 'framehub/garage/snapshot'),
    'to no other topic',
  );

  const asked = ask(client, 'framehub/garage/snapshot/get', '{"size": "1920x1080", "rotate": 90}', 'b');
  await until(() => garage.stills.length === 1);
  t.like(garage.stills[0], { size: { width: 1920, height: 1080 }, rendition: { rotate: 90 } });
  garage.stills[0]?.give();
  const still = await asked;
  t.is(still.packet.properties?.contentType, 'image/jpeg');

  const wrong = await ask(client, 'framehub/garage/snapshot/get', '{"id": "x", "width": 5}', 'c');
  t.like(json(wrong), { id: 'x', error: { code: 'RENDITION_INVALID' } });
  const nobody = await ask(client, 'framehub/nowhere/snapshot/get', '', 'd');
  t.like(json(nobody), { id: null, error: { code: 'CAMERA_UNKNOWN' } });
  const changed = await ask(client, 'framehub/garage/control/brightness/set', '99', 'e');
  t.deepEqual(json(changed), { brightness: '99' });
  t.deepEqual(gateway.stats().commands.accepted, { snapshot: 2, control: 1 });
});

mosquitto?.test(
  "a response topic must be none of framehub's or Home Assistant's, and one that every server takes",
  async (t) => {
    const server = await mosquitto.start(t);
    const { gateway } = await run(t, { url: server.url });
    const client = await Listener.connect(t, server.url, '#', { protocolVersion: 5 });
    await client.hear('framehub/available');
    const topics = [
      'framehub/garage/enabled/set',
      'homeassistant/device/x/config',
      '$SYS/x',
      'framehub',
      'responses/\u0378',
    ];
    for (const responseTopic of topics) {
      client.client.publish('framehub/garage/snapshot/get', '', { qos: 1, properties: { responseTopic } });
    }
    await until(() => gateway.stats().problems['snapshot MQTT_BAD_RESPONSE_TOPIC'] === topics.length);
    t.false(client.heard.some(({ topic }) => topics.includes(topic)));
  },
);

for (const { name, test: serverTest, start } of SERVERS) {
  serverTest(`${name}: without a response topic, a snapshot is published for all`, async (t) => {
    const server = await start(t);
    const { hub } = await run(t, { url: server.url });
    play(t, hub.camera('garage'));
    const client = await Listener.connect(t, server.url);
    await client.hear('framehub/available');
    t.false(
      client.heard.some(({ topic }) => topic === 'framehub/garage/snapshot'),
      'only on command',
    );
    client.client.publish('framehub/garage/snapshot/get', 'PRESS');
    await client.hear('framehub/garage/snapshot');
    client.client.publish('framehub/garage/snapshot/get', '{"id": "button"}');
    await client.hear('framehub/garage/attributes', (heard) => json(heard).id === 'button');
    const seqs = client.texts('framehub/garage/attributes').map((text) => JSON.parse(text).seq);
    t.is(new Set(seqs).size, seqs.length, 'each is a different frame');
    client.client.publish('framehub/garage/snapshot/get', '{"id": "w", "width": "wide"}');
    const error = await client.hear('framehub/garage/snapshot/error');
    t.like(json(error), { id: 'w', error: { code: 'RENDITION_INVALID' } });
  });

  serverTest(`${name}: a camera is switched off and on, and its profile and controls are set`, async (t) => {
    const server = await start(t);
    await run(t, { url: server.url });
    const client = await Listener.connect(t, server.url);
    await client.hear('framehub/available');
    const say = (topic: string, payload: string) => client.client.publish(`framehub/garage/${topic}`, payload);
    say('enabled/set', 'OFF');
    await client.hear('framehub/garage/enabled/state', says('OFF'));
    await client.hear('framehub/garage/available', says('offline'));
    client.forget();
    say('enabled/set', 'true');
    await client.hear('framehub/garage/enabled/state', says('ON'));
    await client.hear('framehub/garage/available', says('online'));
    say('profile/set', 'night');
    await client.hear('framehub/garage/profile/state', says('night'));
    say('profile/set', 'None');
    await client.hear('framehub/garage/profile/state', says('None'));
    say('control/brightness/set', '90');
    await client.hear('framehub/garage/control/brightness/state', says('90'));
    say('control/white_balance_automatic/set', 'off');
    await client.hear('framehub/garage/control/white_balance_automatic/state', says('0'));
    say('control/brightness/set', '900');
    const error = await client.hear('framehub/garage/control/brightness/error');
    t.like(json(error), { error: { code: 'CAPTURE_CONTROL_RANGE' } });
    say('profile/set', 'noon');
    t.like(json(await client.hear('framehub/garage/profile/error')), { error: { code: 'CAMERA_SETTING_INVALID' } });
  });

  serverTest(`${name}: a limited number of snapshots is captured at a time`, async (t) => {
    const server = await start(t);
    const { hub, gateway } = await run(t, { url: server.url });
    const client = await Listener.connect(t, server.url);
    await client.hear('framehub/available');
    for (let i = 0; i < 10; i++) client.client.publish('framehub/garage/snapshot/get', '', { qos: 1 });
    await until(() => gateway.stats().problems['snapshot MQTT_BUSY'] === 6);
    // Each command gets a frame of its own.
    for (const answered of [1, 2, 3, 4]) {
      hub.camera('garage').publish();
      await until(() => gateway.stats().commands.accepted.snapshot === answered);
      t.is(gateway.stats().cameras[0]?.snapshots, answered);
    }
  });
}

test("the error of a snapshot without a frame gives the camera's state", async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const { hub } = await run(t, { url: server?.url });
  const client = await Listener.connect(t, server?.url ?? '');
  await client.hear('framehub/available');
  await hub.camera('garage').change({ enabled: false });
  client.client.publish('framehub/garage/snapshot/get', '');
  const error = await client.hear('framehub/garage/snapshot/error');
  t.deepEqual(json(error), {
    id: null,
    error: { code: 'MQTT_NO_FRAME', message: 'garage gave no frame; it is off' },
  });
  t.false(error.packet.retain);
});

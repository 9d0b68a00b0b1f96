import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, hasOpenssl, makeCertificates } from '@framehub/testing';
import anyTest from 'ava';
import { temporaryFolder } from '../pictures.fixture.js';
import { Broker, hasMosquitto, skipWithoutWebSockets, websockets } from '../sources/broker.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import { until } from '../until.fixture.js';
import { Collecting, collected } from './collecting.fixture.js';

const canLock = hasMosquitto && hasOpenssl();
if (!canLock) console.warn('SKIPPED: mosquitto or openssl is not installed, so no broker had a certificate');
const test = canLock ? anyTest : anyTest.skip;

for (const [scheme, listener] of [
  ['mqtts', (port: number) => `listener ${port} 127.0.0.1`],
  ['wss', websockets],
] as const) {
  test(`${scheme}: the broker's certificate is looked at, and ours is shown`, async (t) => {
    const folder = temporaryFolder(t);
    // The broker gives up being root.
    chmodSync(folder, 0o755);
    const { authority, server, client } = makeCertificates((name) => join(folder, name));
    const ours = { cert: client.certFile, key: client.keyFile };
    const port = await freePort();
    const files = `cafile ${authority.certFile}\ncertfile ${server.certFile}\nkeyfile ${server.keyFile}`;
    const settings = `allow_anonymous true\n${listener(port)}\n${files}\nrequire_certificate true`;
    const broker = await Broker.start(t, settings).catch(skipWithoutWebSockets);
    if (!broker) return t.pass();
    const hub = await MqttHub.connect(t, broker);
    const mqtt = `${scheme}://127.0.0.1:${port}/mqtt`;
    const collecting = (files: { ca?: string; cert?: string; key?: string }) => {
      const out = temporaryFolder(t);
      return { out, collector: new Collecting(t, { out, mqtt, camera: 'garage', onMessage: true, ...files }) };
    };
    const { out, collector } = collecting({ ...ours, ca: authority.certFile });
    await collector.connected();
    await hub.publish(7);
    await collector.stored(1);
    t.deepEqual(collected(out), [7]);

    const doubting = collecting(ours).collector;
    await until(() => /certificate/.test(doubting.latest?.problem ?? ''));
    t.regex(doubting.latest?.problem ?? '', /self-signed certificate/);
    const nobody = collecting({ ca: authority.certFile }).collector;
    await until(() => /certificate/.test(nobody.latest?.problem ?? ''));
    t.regex(nobody.latest?.problem ?? '', /certificate[^:\n]*: a certificate of ours is wanted$/);
  });
}

import anyTest from 'ava';
import { temporaryFolder } from '../pictures.fixture.js';
import { Broker, freePort, hasMosquitto, skipWithoutWebSockets, websockets } from '../sources/broker.fixture.js';
import { hasOpenssl, makeCertificates } from '../sources/certificates.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import { until } from '../until.fixture.js';
import { Collecting, collected } from './collecting.fixture.js';

const canLock = hasMosquitto && hasOpenssl;
if (!canLock) console.warn('SKIPPED: mosquitto or openssl is not installed, so no broker had a certificate');
const test = canLock ? anyTest : anyTest.skip;

for (const [scheme, listener] of [
  ['mqtts', (port: number) => `listener ${port} 127.0.0.1`],
  ['wss', websockets],
] as const) {
  test(`${scheme}: the broker's certificate is looked at, and ours is shown`, async (t) => {
    const { authority, server, client } = makeCertificates(temporaryFolder(t));
    const port = await freePort();
    const files = `cafile ${authority.cert}\ncertfile ${server.cert}\nkeyfile ${server.key}`;
    const settings = `allow_anonymous true\n${listener(port)}\n${files}\nrequire_certificate true`;
    const broker = await Broker.start(t, settings).catch(skipWithoutWebSockets);
    if (!broker) return t.pass();
    const hub = await MqttHub.connect(t, broker);
    const mqtt = `${scheme}://127.0.0.1:${port}/mqtt`;
    const collecting = (files: { ca?: string; cert?: string; key?: string }) => {
      const out = temporaryFolder(t);
      return { out, collector: new Collecting(t, { out, mqtt, camera: 'garage', onMessage: true, ...files }) };
    };
    const { out, collector } = collecting({ ...client, ca: authority.cert });
    await collector.connected();
    await hub.publish(7);
    await collector.stored(1);
    t.deepEqual(collected(out), [7]);

    const doubting = collecting(client).collector;
    await until(() => /certificate/.test(doubting.latest?.problem ?? ''));
    t.regex(doubting.latest?.problem ?? '', /self-signed certificate/);
    const nobody = collecting({ ca: authority.cert }).collector;
    await until(() => /certificate/.test(nobody.latest?.problem ?? ''));
    t.regex(nobody.latest?.problem ?? '', /certificate[^:\n]*: a certificate of ours is wanted$/);
  });
}

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, hasOpenssl, makeCertificates, until } from '@framehub/testing';
import test from 'ava';
import { temporaryFolder } from '../snapshots.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import { hasMosquitto, hasWebSockets, MqttServer, websocketListener } from '../sources/mqtt-server.fixture.js';
import { Collecting, collected } from './collecting.fixture.js';

const canLock = hasMosquitto && hasOpenssl();
if (!canLock)
  console.warn('SKIPPED: mosquitto or openssl is not installed, so no MQTT server with a certificate was tried');
if (canLock && !hasWebSockets) console.warn('SKIPPED: this mosquitto has no WebSockets, so wss was not tried');

for (const [scheme, listener] of [
  ['mqtts', (port: number) => `listener ${port} 127.0.0.1`],
  ['wss', websocketListener],
] as const) {
  const isPossible = canLock && (scheme !== 'wss' || hasWebSockets);
  (isPossible ? test : test.skip)(
    `${scheme}: the server's certificate is verified, and the client's is sent`,
    async (t) => {
      const folder = temporaryFolder(t);
      // Mosquitto reads its files as another user than root.
      chmodSync(folder, 0o755);
      const certificates = makeCertificates((name) => join(folder, name));
      const { authority, client } = certificates;
      const identity = { cert: client.certFile, key: client.keyFile };
      const port = await freePort();
      const files = `cafile ${authority.certFile}\ncertfile ${certificates.server.certFile}\nkeyfile ${certificates.server.keyFile}`;
      const settings = `allow_anonymous true\n${listener(port)}\n${files}\nrequire_certificate true`;
      const server = await MqttServer.start(t, settings);
      const hub = await MqttHub.connect(t, server);
      const mqtt = `${scheme}://127.0.0.1:${port}/mqtt`;
      const collecting = (own: { ca?: string; cert?: string; key?: string }) => {
        const out = temporaryFolder(t);
        return { out, collector: new Collecting(t, { out, mqtt, camera: 'garage', onMessage: true, ...own }) };
      };
      const { out, collector } = collecting({ ...identity, ca: authority.certFile });
      await collector.connected();
      await hub.publish(7);
      await collector.stored(1);
      t.deepEqual(collected(out), [7]);

      const withoutAuthority = collecting(identity).collector;
      await until(() => /certificate/.test(withoutAuthority.latest?.problem ?? ''));
      t.regex(withoutAuthority.latest?.problem ?? '', /self-signed certificate/);
      const withoutIdentity = collecting({ ca: authority.certFile }).collector;
      await until(() => /certificate/.test(withoutIdentity.latest?.problem ?? ''));
      t.regex(withoutIdentity.latest?.problem ?? '', /certificate[^:\n]*: the server requires a client certificate$/);
    },
  );
}

import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { inspectJpeg } from '@framehub/frame';
import test from 'ava';
import { json, Listener, run, says } from './client.fixture.js';
import { House, play, until } from './house.fixture.js';
import { freePort, hasMosquitto, Mosquitto, mosquittoSub } from './mosquitto.fixture.js';
import { picture } from './pictures.fixture.js';

const foreign = hasMosquitto ? test : test.skip;

for (const version of ['mqttv311', 'mqttv5'] as const) {
  foreign(`mosquitto_sub -V ${version} gets the newest snapshot, as a file that is a JPEG`, async (t) => {
    const broker = await Mosquitto.start(t);
    const wanted = version === 'mqttv5' ? '5' : '3.1.1';
    const { house, gateway } = await run(
      t,
      { url: broker.url, version: wanted, camera: { every: 200 } },
      new House('garage'),
    );
    play(t, house.camera('garage'));
    await until(() => gateway.stats().messages.sent > 12);
    const file = await mosquittoSub(t, broker.port, '-V', version, '-t', 'framehub/garage/snapshot', '-C', '1', '-N');
    t.deepEqual(new Uint8Array(file), picture());
    t.like(inspectJpeg(file), { width: 64, height: 48, hasHuffmanTables: true });
    const state = await mosquittoSub(
      t,
      broker.port,
      '-V',
      version,
      '-t',
      'framehub/available',
      '-C',
      '1',
      '-F',
      '%r %q %p',
    );
    t.is(state.toString(), '1 0 online\n');
    t.is(gateway.stats().link?.version, wanted);
  });
}

foreign('snapshots come at the interval, within 5 %', async (t) => {
  const broker = await Mosquitto.start(t);
  const { house } = await run(t, { url: broker.url, camera: { every: 1000 } }, new House('garage'));
  play(t, house.camera('garage'));
  const times = await mosquittoSub(t, broker.port, '-t', 'framehub/garage/snapshot', '-R', '-C', '10', '-F', '%U');
  const at = times.toString().trim().split('\n').map(Number);
  // The median over all pairs: one picture that this machine was too busy for does not count for two.
  const intervals = at.flatMap((from, i) => at.slice(i + 1).map((to, j) => (to - from) / (j + 1)));
  const median = intervals.sort((a, b) => a - b)[Math.floor(intervals.length / 2)] ?? 0;
  t.true(median > 0.95 && median < 1.05, `${median} s`);
});

foreign('the right password is let in, from the address or from options', async (t) => {
  const scratch = await Mosquitto.start(t);
  await scratch.stop();
  const passwords = scratch.file('passwords', '');
  t.is(spawnSync('mosquitto_passwd', ['-b', passwords, 'framehub', 'p@ss:w%rd']).status, 0);
  chmodSync(passwords, 0o644);
  const locked = await Mosquitto.start(t, ['allow_anonymous false', `password_file ${passwords}`]);
  const { port, url } = locked;
  const one = await run(t, { url, username: 'framehub', password: 'p@ss:w%rd' });
  await until(() => one.gateway.stats().link?.connected === true);
  const inAddress = `mqtt://framehub:${encodeURIComponent('p@ss:w%rd')}@127.0.0.1:${port}`;
  const two = await run(t, { url: inAddress, prefix: 'other' });
  await until(() => two.gateway.stats().link?.connected === true);
  t.is(two.gateway.stats().link?.broker, url);
});

const hasOpenssl = !spawnSync('openssl', ['version']).error;

(hasMosquitto && hasOpenssl ? test : test.skip)(
  'TLS with a private authority, and a certificate of our own',
  async (t) => {
    const scratch = await Mosquitto.start(t);
    await scratch.stop();
    const make = (name: string, subject: string, extra: readonly string[]): { cert: string; key: string } => {
      const [cert, key] = [scratch.file(`${name}.crt`, ''), scratch.file(`${name}.key`, '')];
      const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
      const made = spawnSync('openssl', [...args, '-subj', subject, '-keyout', key, '-out', cert, ...extra]);
      t.is(made.status, 0, String(made.stderr));
      return { cert, key };
    };
    const ca = make('ca', '/CN=framehub test', ['-addext', 'keyUsage=critical,keyCertSign']);
    const signed = ['-CA', ca.cert, '-CAkey', ca.key];
    const server = make('server', '/CN=127.0.0.1', [...signed, '-addext', 'subjectAltName=IP:127.0.0.1']);
    const client = make('client', '/CN=camera', signed);
    const lines = ['allow_anonymous true', `cafile ${ca.cert}`, `certfile ${server.cert}`, `keyfile ${server.key}`];
    chmodSync(server.key, 0o644);
    const broker = await Mosquitto.start(t, [...lines, 'require_certificate true']);
    const url = `mqtts://127.0.0.1:${broker.port}`;
    const text = (path: string) => readFileSync(path, 'utf8');

    const tls = { ca: text(ca.cert), cert: text(client.cert), key: text(client.key) };
    const { gateway } = await run(t, { url, tls });
    await until(() => gateway.stats().link?.connected === true);
    t.is(gateway.stats().link?.version, '5');

    const stranger = await run(t, { url, prefix: 'stranger' });
    await until(() => stranger.gateway.stats().link?.error !== undefined);
    t.is(stranger.gateway.stats().link?.error?.code, 'MQTT_TLS', 'an authority that nobody knows');
    const broken = await run(t, { url, prefix: 'broken', tls: { ca: 'no certificate', cert: 'none', key: 'none' } });
    await until(() => broken.gateway.stats().link?.error !== undefined);
    t.is(broken.gateway.stats().link?.error?.code, 'MQTT_TLS');
  },
);

foreign('a broker behind a WebSocket serves as well', async (t) => {
  const port = await freePort();
  const lines = ['allow_anonymous true', `listener ${port} 127.0.0.1`, 'protocol websockets'];
  const broker = await Mosquitto.start(t, lines).catch((error: Error) => error);
  // Some builds have no WebSockets.
  if (broker instanceof Error) return t.log(broker.message) ?? t.pass();
  const { house } = await run(t, { url: `ws://127.0.0.1:${port}/mqtt`, camera: { every: 200 } });
  play(t, house.camera('garage'));
  const client = await Listener.connect(t, broker.url);
  await client.hear('framehub/available', says('online'));
  t.like(json(await client.hear('framehub/garage/attributes')), { camera: 'garage' });
});

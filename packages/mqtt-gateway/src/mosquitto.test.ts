import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { inspectJpeg } from '@framehub/frame';
import { House, hasOpenssl, makeCertificates, picture, play, until } from '@framehub/testing';
import test from 'ava';
import { json, Listener, run, says } from './client.fixture.js';
import { freePort, hasMosquitto, Mosquitto, mosquittoSub, skipWithoutWebSockets } from './mosquitto.fixture.js';

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
  const broker = await Mosquitto.start(t, ['allow_anonymous false', `password_file ${passwords}`]);
  const { port, url } = broker;
  const one = await run(t, { url, username: 'framehub', password: 'p@ss:w%rd' });
  await until(() => one.gateway.stats().link?.connected === true);
  const inAddress = `mqtt://framehub:${encodeURIComponent('p@ss:w%rd')}@127.0.0.1:${port}`;
  const two = await run(t, { url: inAddress, prefix: 'other' });
  await until(() => two.gateway.stats().link?.connected === true);
  t.is(two.gateway.stats().link?.broker, url);
});

const locked = hasMosquitto && hasOpenssl() ? test : test.skip;

for (const [scheme, protocol] of [
  ['mqtts', 'mqtt'],
  ['wss', 'websockets'],
] as const) {
  locked(`${scheme} with a private authority, and a certificate of our own`, async (t) => {
    const scratch = await Mosquitto.start(t);
    await scratch.stop();
    const { authority, server, client } = makeCertificates((name) => scratch.file(name, ''));
    const files = [`cafile ${authority.certFile}`, `certfile ${server.certFile}`, `keyfile ${server.keyFile}`];
    const port = await freePort();
    // A mosquitto with nothing but WebSockets does not start: the first listener is a plain one.
    const listener = [`listener ${port} 127.0.0.1`, `protocol ${protocol}`, ...files, 'require_certificate true'];
    const broker = await Mosquitto.start(t, ['allow_anonymous true', ...listener]).catch(skipWithoutWebSockets);
    if (!broker) return t.pass();
    const url = `${scheme}://127.0.0.1:${port}/mqtt`;
    const known = { ca: authority.cert, cert: client.cert, key: client.key };
    const { house, gateway } = await run(t, { url, tls: known, camera: { every: 200 } });
    play(t, house.camera('garage'));
    const viewer = await Listener.connect(t, url, '#', known);
    await viewer.hear('framehub/available', says('online'));
    t.deepEqual(new Uint8Array((await viewer.hear('framehub/garage/snapshot')).payload), picture());
    t.is(gateway.stats().link?.version, '5');

    for (const [prefix, tls, why] of [
      ['stranger', { cert: client.cert, key: client.key }, 'an authority that nobody knows'],
      ['broken', { ca: 'no certificate', cert: 'none', key: 'none' }, 'files that are none'],
    ] as const) {
      const other = await run(t, { url, prefix, tls });
      await until(() => other.gateway.stats().link?.error !== undefined);
      t.is(other.gateway.stats().link?.error?.code, 'MQTT_TLS', why);
    }
    const nobody = await run(t, { url, prefix: 'nobody', tls: { ca: authority.cert } });
    await until(() => nobody.gateway.stats().link?.error?.code === 'MQTT_TLS');
    t.regex(nobody.gateway.stats().link?.error?.message ?? '', /certificate.*; the broker wants a certificate of ours/);
    const careless = await run(t, {
      url,
      prefix: 'careless',
      tls: { ...known, ca: undefined, rejectUnauthorized: false },
    });
    await until(() => careless.gateway.stats().link?.connected === true);
  });
}

foreign('a broker behind a WebSocket serves as well', async (t) => {
  const port = await freePort();
  const lines = ['allow_anonymous true', `listener ${port} 127.0.0.1`, 'protocol websockets'];
  const broker = await Mosquitto.start(t, lines).catch(skipWithoutWebSockets);
  if (!broker) return t.pass();
  const { house } = await run(t, { url: `ws://127.0.0.1:${port}/mqtt`, camera: { every: 200 } });
  play(t, house.camera('garage'));
  const client = await Listener.connect(t, broker.url);
  await client.hear('framehub/available', says('online'));
  t.like(json(await client.hear('framehub/garage/attributes')), { camera: 'garage' });
});

import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { inspectJpeg } from '@framehub/frame';
import { FakeHub, freePort, hasOpenssl, jpeg, makeCertificates, play, until } from '@framehub/testing';
import test from 'ava';
import { json, Listener, run, says } from './client.fixture.js';
import { hasMosquitto, hasWebSockets, Mosquitto, mosquittoSub } from './mosquitto.fixture.js';
import { SERVERS, type ServerKind } from './servers.fixture.js';

const foreign = hasMosquitto ? test : test.skip;
const timed = hasMosquitto ? test.serial : test.serial.skip;

function serverOf(name: string): ServerKind {
  const kind = SERVERS.find((candidate) => candidate.name === name);
  if (!kind) throw new Error(`there is no server ${name}`);
  return kind;
}

/** Index of the least delay. */
const promptest = (delays: readonly number[]): number => delays.indexOf(Math.min(...delays));

for (const [name, version] of [
  ['aedes', 'mqttv311'],
  ['mosquitto', 'mqttv311'],
  ['mosquitto', 'mqttv5'],
] as const) {
  foreign(
    `${name}: mosquitto_sub -V ${version} receives what is retained: a snapshot that is a JPEG, and the state`,
    async (t) => {
      const server = await serverOf(name).start(t);
      const wanted = version === 'mqttv5' ? '5' : '3.1.1';
      const options = { url: server.url, version: wanted, camera: { every: 600_000 } } as const;
      const { hub, gateway } = await run(t, options, new FakeHub('garage'));
      play(t, hub.camera('garage'));
      const client = await Listener.connect(t, server.url, 'framehub/garage/attributes');
      await client.hear('framehub/garage/attributes');
      const retained = (topic: string, ...args: readonly string[]) =>
        mosquittoSub(t, server.port, '-V', version, '-t', topic, '-C', '1', '--retained-only', ...args);
      const file = await retained('framehub/garage/snapshot', '-N');
      t.deepEqual(new Uint8Array(file), jpeg());
      t.like(inspectJpeg(file), { width: 64, height: 48, hasHuffmanTables: true });
      t.is((await retained('framehub/available', '-F', '%r %q %p')).toString(), '1 0 online\n');
      t.is(gateway.stats().link?.version, wanted);
    },
  );
}

for (const { name, start } of SERVERS) {
  // Serial: the other tests keep the machine busy.
  timed(
    `${name}: snapshots are published at the interval, within 5 %, none is late by an interval, and they decode`,
    async (t) => {
      const server = await start(t);
      const { hub } = await run(t, { url: server.url, camera: { every: 2000 } }, new FakeHub('garage'));
      play(t, hub.camera('garage'));
      const [times, file] = await Promise.all([
        mosquittoSub(t, server.port, '-t', 'framehub/garage/snapshot', '-R', '-C', '9', '-F', '%U'),
        mosquittoSub(t, server.port, '-t', 'framehub/garage/snapshot', '-R', '-C', '1', '-N'),
      ]);
      t.deepEqual(new Uint8Array(file), jpeg());
      // The first snapshot is slower: its code runs for the first time.
      const arrivals = times.toString().trim().split('\n').map(Number).slice(1);
      const delays = arrivals.map((at, i) => at - 2 * i);
      // A busy machine delays snapshots but publishes none early: the promptest of each half give the interval.
      const [first, last] = [promptest(delays.slice(0, 4)), 4 + promptest(delays.slice(4))];
      const interval = ((arrivals[last] ?? 0) - (arrivals[first] ?? 0)) / (last - first);
      t.true(interval > 1.9 && interval < 2.1, `${interval} s`);
      const early = Math.min(...delays);
      t.true(
        delays.every((delay) => delay - early < 2),
        `none is skipped, and none is published when the next one is due: ${delays.map((delay) => delay - early).join(', ')}`,
      );
    },
  );
}

foreign('the right password is accepted, from the address or from options', async (t) => {
  const scratch = await Mosquitto.start(t);
  await scratch.stop();
  const passwords = scratch.file('passwords', '');
  t.is(spawnSync('mosquitto_passwd', ['-b', passwords, 'framehub', 'p@ss:w%rd']).status, 0);
  chmodSync(passwords, 0o644);
  const server = await Mosquitto.start(t, ['allow_anonymous false', `password_file ${passwords}`]);
  const { port, url } = server;
  const one = await run(t, { url, username: 'framehub', password: 'p@ss:w%rd' });
  await until(() => one.gateway.stats().link?.connected === true);
  const inAddress = `mqtt://framehub:${encodeURIComponent('p@ss:w%rd')}@127.0.0.1:${port}`;
  const two = await run(t, { url: inAddress, prefix: 'other' });
  await until(() => two.gateway.stats().link?.connected === true);
  t.is(two.gateway.stats().link?.server, url);
});

const hasTls = hasMosquitto && hasOpenssl();

for (const [scheme, protocol, declare] of [
  ['mqtts', 'mqtt', hasTls ? test : test.skip],
  ['wss', 'websockets', hasTls && hasWebSockets ? test : test.skip],
] as const) {
  declare(`${scheme} with a private authority, and a client certificate`, async (t) => {
    const scratch = await Mosquitto.start(t);
    await scratch.stop();
    const { authority, server: own, client } = makeCertificates((name) => scratch.file(name, ''));
    const files = [`cafile ${authority.certFile}`, `certfile ${own.certFile}`, `keyfile ${own.keyFile}`];
    const port = await freePort();
    // A mosquitto with only a WebSocket listener does not start: the first listener is a plain one.
    const listener = [`listener ${port} 127.0.0.1`, `protocol ${protocol}`, ...files, 'require_certificate true'];
    await Mosquitto.start(t, ['allow_anonymous true', ...listener]);
    const url = `${scheme}://127.0.0.1:${port}/mqtt`;
    const known = { ca: authority.cert, cert: client.cert, key: client.key };
    const { hub, gateway } = await run(t, { url, tls: known, camera: { every: 200 } });
    play(t, hub.camera('garage'));
    const viewer = await Listener.connect(t, url, '#', known);
    await viewer.hear('framehub/available', says('online'));
    t.deepEqual(new Uint8Array((await viewer.hear('framehub/garage/snapshot')).payload), jpeg());
    t.is(gateway.stats().link?.version, '5');

    for (const [prefix, tls, why] of [
      ['stranger', { cert: client.cert, key: client.key }, 'an unknown authority'],
      ['broken', { ca: 'no certificate', cert: 'none', key: 'none' }, 'invalid files'],
    ] as const) {
      const other = await run(t, { url, prefix, tls });
      await until(() => other.gateway.stats().link?.error !== undefined);
      t.is(other.gateway.stats().link?.error?.code, 'MQTT_TLS', why);
    }
    const nobody = await run(t, { url, prefix: 'nobody', tls: { ca: authority.cert } });
    await until(() => nobody.gateway.stats().link?.error?.code === 'MQTT_TLS');
    t.regex(
      nobody.gateway.stats().link?.error?.message ?? '',
      /certificate.*; the server requires a client certificate/,
    );
    const careless = await run(t, {
      url,
      prefix: 'careless',
      tls: { ...known, ca: undefined, rejectUnauthorized: false },
    });
    await until(() => careless.gateway.stats().link?.connected === true);
  });
}

(hasWebSockets ? test : test.skip)('a server is reached over a WebSocket', async (t) => {
  const port = await freePort();
  const lines = ['allow_anonymous true', `listener ${port} 127.0.0.1`, 'protocol websockets'];
  const server = await Mosquitto.start(t, lines);
  const { hub } = await run(t, { url: `ws://127.0.0.1:${port}/mqtt`, camera: { every: 200 } });
  play(t, hub.camera('garage'));
  const client = await Listener.connect(t, server.url);
  await client.hear('framehub/available', says('online'));
  t.like(json(await client.hear('framehub/garage/attributes')), { camera: 'garage' });
});

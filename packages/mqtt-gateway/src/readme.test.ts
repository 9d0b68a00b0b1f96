import { readFileSync } from 'node:fs';
import { FakeHub, jpeg, play } from '@framehub/testing';
import test from 'ava';
import { Listener, says } from './client.fixture.js';
import { EmbeddedServer } from './index.js';
import { publishSnapshots } from './readme.fixture.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test("the README's program publishes the cameras of a hub, and disconnects when its signal aborts", async (t) => {
  const source = read('../src/readme.fixture.ts').replace('./index.js', '@framehub/mqtt-gateway');
  t.true(read('../README.md').includes(`\`\`\`ts\n${source}\`\`\``), 'the README shows what runs here');
  await using server = new EmbeddedServer({ port: 0 });
  await server.start();
  const hub = new FakeHub('garage');
  play(t, hub.camera('garage'));
  const stopping = new AbortController();
  const running = publishSnapshots(hub, hub.broker, server.url, stopping.signal);
  const client = await Listener.connect(t, server.url);
  t.deepEqual(new Uint8Array((await client.hear('framehub/garage/snapshot')).payload), jpeg());
  stopping.abort();
  await running;
  await client.hear('framehub/available', says('offline'));
  t.is(hub.watchers, 0);
});

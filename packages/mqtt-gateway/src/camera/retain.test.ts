import { FakeHub, play } from '@framehub/testing';
import { json, Listener, retainedTopics, run } from '../client.fixture.js';
import { SERVERS } from '../servers.fixture.js';

for (const { name, test, start } of SERVERS) {
  test(`${name}: a snapshot retained before retain was switched off is deleted once`, async (t) => {
    const server = await start(t);
    const client = await Listener.connect(t, server.url, 'framehub/garage/+');
    const topics = ['framehub/garage/attributes', 'framehub/garage/snapshot'] as const;
    for (const topic of topics) await client.client.publishAsync(topic, '{}', { retain: true, qos: 1 });
    client.forget();
    const { hub } = await run(t, { url: server.url, retain: false, camera: { every: 100 } }, new FakeHub('garage'));
    play(t, hub.camera('garage'));
    await client.hear('framehub/garage/attributes', (heard) => heard.payload.length > 0 && json(heard).seq > 1);
    const kept = await retainedTopics(t, server.url);
    for (const topic of topics) {
      t.false(kept.includes(topic));
      t.is(client.texts(topic).filter((text) => text === '').length, 1);
    }
  });
}

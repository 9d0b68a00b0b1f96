import { FakeHub } from '@framehub/testing';
import { json, Listener, retainedTopics, run, says } from '../client.fixture.js';
import { SERVERS } from '../servers.fixture.js';

const configOf = (id: string): string => `homeassistant/device/${id}/config`;

for (const { name, test, start } of SERVERS) {
  test(`${name}: a camera stays one device in Home Assistant when the node id changes`, async (t) => {
    const server = await start(t);
    const nodes = [
      { prefix: 'framehub', homeassistant: { nodeId: 'old' } },
      // Other framehubs: one with a prefix below this one's, and one whose camera has the same name.
      { prefix: 'framehub/attic', homeassistant: { nodeId: 'attic' } },
      { prefix: 'other', homeassistant: { nodeId: 'other' } },
    ];
    const client = await Listener.connect(t, server.url);
    for (const options of nodes) {
      const { gateway } = await run(t, { url: server.url, ...options }, new FakeHub('garage'));
      await client.hear(configOf(`framehub_${options.homeassistant.nodeId}_garage`));
      await client.hear(`${options.prefix}/garage/stats`);
      await gateway.close();
    }
    // A user's own entity for the same snapshot.
    const old = json(await client.hear(configOf('framehub_old_garage')));
    const own = JSON.stringify({ ...old, origin: { name: 'me' } });
    await client.client.publishAsync(configOf('framehub_my_garage'), own, { retain: true, qos: 1 });
    await client.client.publishAsync(configOf('my_garage'), JSON.stringify(old), { retain: true, qos: 1 });

    client.forget();
    await run(t, { url: server.url }, new FakeHub('garage'));
    await client.hear(configOf('framehub_old_garage'), says(''));
    await client.hear(configOf('framehub_pi4_garage'));
    await client.hear('framehub/garage/available', says('online'));
    const kept = await retainedTopics(t, server.url);
    t.deepEqual(
      kept.filter((topic) => topic.startsWith('homeassistant/')).sort(),
      ['framehub_attic_garage', 'framehub_my_garage', 'framehub_other_garage', 'framehub_pi4_garage', 'my_garage'].map(
        configOf,
      ),
    );
    t.true(kept.includes('framehub/garage/stats'), 'the camera keeps its messages');
  });
}

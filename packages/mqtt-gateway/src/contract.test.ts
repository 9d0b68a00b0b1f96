import { testGateway } from '@framehub/testing';
import test from 'ava';
import { Listener, run } from './client.fixture.js';
import { SERVERS } from './servers.fixture.js';

testGateway(test, async (t) => {
  const [aedes] = SERVERS;
  const server = await aedes?.start(t);
  const { hub, gateway } = await run(t, { url: server?.url, camera: { frames: { fps: 10 } } });
  const client = await Listener.connect(t, server?.url ?? '');
  await client.hear('framehub/available');
  return {
    hub,
    gateway,
    watch: (camera) => client.client.publishAsync(`framehub/${camera}/frame/request`, ''),
    sent: (camera) => gateway.stats().cameras.find(({ name }) => name === camera)?.frames ?? 0,
  };
});

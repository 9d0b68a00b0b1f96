import { testGateway } from '@framehub/testing';
import test from 'ava';
import { BROKERS } from './brokers.fixture.js';
import { Listener, run } from './client.fixture.js';

testGateway(test, async (t) => {
  const [aedes] = BROKERS;
  const broker = await aedes?.start(t);
  const { house, gateway } = await run(t, { url: broker?.url, camera: { frames: { fps: 10 } } });
  const client = await Listener.connect(t, broker?.url ?? '');
  await client.hear('framehub/available');
  return {
    hub: house,
    gateway,
    watch: (camera) => client.client.publishAsync(`framehub/${camera}/frame/want`, ''),
    sent: (camera) => gateway.stats().cameras.find(({ name }) => name === camera)?.frames ?? 0,
  };
});

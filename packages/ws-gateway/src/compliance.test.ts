import { testGateway } from '@framehub/testing';
import test from 'ava';
import { TestClient } from './client.fixture.js';
import { serve } from './gateway.fixture.js';

testGateway(test, async (t) => {
  const { hub, gateway, url } = await serve(t);
  return {
    hub,
    gateway,
    watch: async (camera) => (await TestClient.connect(t, url)).subscribe(1, camera),
    sent: (camera) => gateway.traffic.of(camera).framesSent,
  };
});

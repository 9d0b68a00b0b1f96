import { testGateway } from '@framehub/testing';
import test from 'ava';
import { TestClient } from './client.fixture.js';
import { serve } from './house.fixture.js';

testGateway(test, async (t) => {
  const { house, gateway, url } = await serve(t);
  return {
    house,
    gateway,
    watch: async (camera) => (await TestClient.connect(t, url)).subscribe(1, camera),
    sent: (camera) => gateway.traffic.of(camera).framesSent,
  };
});

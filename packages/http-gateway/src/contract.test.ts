import { testGateway } from '@framehub/testing';
import test from 'ava';
import { serve } from './gateway.fixture.js';
import { openStream } from './raw-client.fixture.js';

testGateway(test, async (t) => {
  const { hub, gateway, port } = await serve(t);
  return {
    hub,
    gateway,
    watch: (camera) => openStream(t, port, `/stream/${camera}`),
    sent: (camera) => gateway.stats().cameras[camera]?.framesSent ?? 0,
  };
});

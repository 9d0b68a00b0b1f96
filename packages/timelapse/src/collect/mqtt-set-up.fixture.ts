import type { ExecutionContext } from 'ava';
import { temporaryFolder } from '../snapshots.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import { MqttServer } from '../sources/mqtt-server.fixture.js';
import type { CollectOptions } from './options.js';

/** A server, a hub, and the options of a collector that stores each snapshot of its camera. */
export async function setUp(t: ExecutionContext, version: 4 | 5) {
  const server = await MqttServer.start(t);
  const hub = await MqttHub.connect(t, server, version);
  const out = temporaryFolder(t);
  const options: CollectOptions = {
    out,
    mqtt: server.url,
    camera: 'garage',
    mqttVersion: version === 5 ? '5' : '3.1.1',
  };
  return {
    server,
    hub,
    out,
    each: { ...options, onMessage: true },
    often: { ...options, every: '20ms', timeout: '60s' },
  };
}

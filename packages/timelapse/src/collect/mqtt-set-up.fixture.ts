import type { ExecutionContext } from 'ava';
import { temporaryFolder } from '../pictures.fixture.js';
import { Broker } from '../sources/broker.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import type { CollectOptions } from './options.js';

/** A broker, a hub, and the options of a collector that stores each picture of its camera. */
export async function setUp(t: ExecutionContext, version: 4 | 5) {
  const broker = await Broker.start(t);
  const hub = await MqttHub.connect(t, broker, version);
  const out = temporaryFolder(t);
  const options: CollectOptions = {
    out,
    mqtt: broker.url,
    camera: 'garage',
    mqttVersion: version === 5 ? '5' : '3.1.1',
  };
  return {
    broker,
    hub,
    out,
    each: { ...options, onMessage: true },
    often: { ...options, every: '20ms', patience: '60s' },
  };
}

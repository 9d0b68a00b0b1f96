import { once } from 'node:events';
import type { Broker } from '@framehub/broker';
import type { Hub, JpegFrame } from '@framehub/frame';
import { MqttGateway } from './index.js';

/** Publishes a snapshot of each camera of a hub every ten seconds, until the signal aborts. */
export async function publishSnapshots(hub: Hub, broker: Broker<JpegFrame>, url: string, signal: AbortSignal) {
  await using gateway = new MqttGateway(broker, hub, { url, camera: { every: 10_000 } });
  await gateway.start({ signal }); // does not wait for the MQTT server, which may come later
  if (!signal.aborted) await once(signal, 'abort');
}

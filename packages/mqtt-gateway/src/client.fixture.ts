import { FakeHub } from '@framehub/testing';
import type { ExecutionContext } from 'ava';
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { MqttGateway } from './gateway.js';
import type { MqttGatewayOptions } from './options.js';

export interface Heard {
  readonly topic: string;
  readonly payload: Buffer;
  readonly packet: IPublishPacket;
}

/** An MQTT client that keeps all messages that it receives. */
export class Listener {
  readonly client: MqttClient;
  readonly heard: Heard[] = [];
  #wake: () => void = () => {};

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (topic, payload, packet) => {
      this.heard.push({ topic, payload, packet });
      this.#wake();
    });
  }

  static async connect(
    t: ExecutionContext,
    url: string,
    topics: string | readonly string[] = '#',
    options: IClientOptions = {},
  ): Promise<Listener> {
    const client = await mqtt.connectAsync(url, { reconnectPeriod: 20, ...options });
    t.teardown(() => client.endAsync(true));
    const listener = new Listener(client);
    await client.subscribeAsync([topics].flat(), { qos: 1 });
    return listener;
  }

  /** The first message, received before or from now on, that is accepted. */
  async hear(topic: string, accept: (heard: Heard) => boolean = () => true): Promise<Heard> {
    for (;;) {
      const found = this.heard.find((heard) => heard.topic === topic && accept(heard));
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Payloads received on a topic. */
  texts(topic: string): string[] {
    return this.heard.filter((heard) => heard.topic === topic).map(({ payload }) => payload.toString());
  }

  forget(): void {
    this.heard.length = 0;
  }
}

/**
 * Topics for which a server retains messages. The list is complete with every server: mosquitto sends it before anything
 * that is published later, aedes sends the newest retained message last.
 */
export async function retainedTopics(t: ExecutionContext, url: string): Promise<string[]> {
  const client = await mqtt.connectAsync(url);
  const end = `test/end/${client.options.clientId}`;
  await client.publishAsync(end, 'retained', { qos: 1, retain: true });
  const late = await Listener.connect(t, url);
  await client.publishAsync(end, 'live', { qos: 1 });
  await late.hear(end, says('retained'));
  await late.hear(end, says('live'));
  await client.publishAsync(end, '', { qos: 1, retain: true });
  await Promise.all([client.endAsync(), late.client.endAsync()]);
  return late.heard.filter(({ topic, packet }) => packet.retain && topic !== end).map(({ topic }) => topic);
}

export const says =
  (text: string) =>
  ({ payload }: Heard): boolean =>
    payload.toString() === text;

export const json = ({ payload }: Heard) => JSON.parse(payload.toString());

export interface Running {
  readonly hub: FakeHub;
  readonly gateway: MqttGateway;
}

/** A gateway of cameras `garage` and `printer`, until the test ends. */
export async function run(
  t: ExecutionContext,
  options: MqttGatewayOptions,
  hub = new FakeHub('garage', 'printer'),
): Promise<Running> {
  const reconnect = { minMs: 20, maxMs: 200 };
  const homeassistant = { nodeId: 'pi4' };
  const gateway = new MqttGateway(hub.broker, hub, { reconnect, homeassistant, ...options });
  await gateway.start();
  t.teardown(() => gateway.close());
  return { hub, gateway };
}

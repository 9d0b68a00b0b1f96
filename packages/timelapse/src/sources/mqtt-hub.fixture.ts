import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import { jpegLike } from '../snapshots.fixture.js';
import { NOON } from './http-hub.fixture.js';
import type { MqttServer } from './mqtt-server.fixture.js';

/** The MQTT side of a hub with a camera `garage`. */
export class MqttHub {
  readonly requests: { readonly id?: string; readonly fresh?: boolean }[] = [];
  /** Answers requests; its number is from 1. */
  answer: (packet: IPublishPacket, number: number) => void = () => {};
  /** Milliseconds from a snapshot to its attributes, as with a remote server. */
  lateness = 0;

  readonly client: MqttClient;
  readonly #version: 4 | 5;

  private constructor(client: MqttClient, version: 4 | 5) {
    this.client = client;
    this.#version = version;
    client.on('message', (_topic, payload, packet) => {
      this.requests.push(JSON.parse(String(payload)));
      this.answer(packet, this.requests.length);
    });
  }

  static async connect(t: ExecutionContext, server: MqttServer, version: 4 | 5 = 5): Promise<MqttHub> {
    const client = await mqtt.connectAsync(server.url, { protocolVersion: version, reconnectPeriod: 50 });
    t.teardown(() => client.endAsync(true));
    await client.subscribeAsync('framehub/garage/snapshot/get');
    return new MqttHub(client, version);
  }

  /** Publishes a snapshot, retained; its time is as many seconds after noon as its sequence. */
  async publish(
    sequence: number,
    data: Buffer = jpegLike(sequence),
    topic = 'framehub/garage/snapshot',
  ): Promise<void> {
    const ts = new Date(NOON + sequence * 1000).toISOString();
    const userProperties = { seq: String(sequence), ts, w: '16', h: '8', camera: 'garage' };
    const properties = { contentType: 'image/jpeg', userProperties };
    const sent = this.client.publishAsync(topic, data, {
      retain: true,
      qos: 1,
      ...(this.#version === 5 && { properties }),
    });
    if (this.lateness > 0) await delay(this.lateness, undefined, { ref: false });
    const attributes = JSON.stringify({ seq: sequence, ts, bytes: data.length, width: 16, height: 8 });
    await this.client.publishAsync('framehub/garage/attributes', attributes, { retain: true, qos: 1 });
    await sent;
  }

  /** Publishes on the error topic why there is no frame. */
  async refuse(message: string): Promise<void> {
    const error = { code: 'MQTT_NO_FRAME', message };
    const body = JSON.stringify({ id: this.requests.at(-1)?.id, error });
    await this.client.publishAsync('framehub/garage/snapshot/error', body, { qos: 1 });
  }

  /** Sends a snapshot, or a text, to the client that sent the request. */
  reply(
    { properties }: IPublishPacket,
    sequence: number,
    payload: Buffer | string = jpegLike(sequence),
    further: Record<string, string> = {},
  ): void {
    const ts = new Date(NOON + sequence * 1000).toISOString();
    const correlationData = properties?.correlationData;
    this.client.publish(properties?.responseTopic ?? '', payload, {
      properties: {
        ...(correlationData && { correlationData }),
        userProperties: { seq: String(sequence), ts, ...further },
      },
    });
  }
}

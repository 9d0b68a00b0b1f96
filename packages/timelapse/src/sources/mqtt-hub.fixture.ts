import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import { jpegLike } from '../pictures.fixture.js';
import type { Broker } from './broker.fixture.js';
import { NOON } from './http-hub.fixture.js';

/** A hub with a camera `garage`, as far as MQTT tells of it. */
export class MqttHub {
  readonly requests: { readonly id?: string; readonly fresh?: boolean }[] = [];
  /** Answers requests; its number is from 1. */
  answer: (packet: IPublishPacket, number: number) => void = () => {};
  /** Milliseconds that attributes come behind their picture, as with a broker far away. */
  lateness = 0;

  private constructor(
    readonly client: MqttClient,
    private readonly version: 4 | 5,
  ) {
    client.on('message', (_topic, payload, packet) => {
      this.requests.push(JSON.parse(String(payload)));
      this.answer(packet, this.requests.length);
    });
  }

  static async connect(t: ExecutionContext, broker: Broker, version: 4 | 5 = 5): Promise<MqttHub> {
    const client = await mqtt.connectAsync(broker.url, { protocolVersion: version, reconnectPeriod: 50 });
    t.teardown(() => client.endAsync(true));
    await client.subscribeAsync('framehub/garage/snapshot/get');
    return new MqttHub(client, version);
  }

  /** Publishes a picture, retained; its time is as many seconds after noon as its sequence. */
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
      ...(this.version === 5 && { properties }),
    });
    if (this.lateness > 0) await delay(this.lateness, undefined, { ref: false });
    const attributes = JSON.stringify({ seq: sequence, ts, bytes: data.length, width: 16, height: 8 });
    await this.client.publishAsync('framehub/garage/attributes', attributes, { retain: true, qos: 1 });
    await sent;
  }

  /** Says on the topic for everybody why there is no picture. */
  async refuse(message: string): Promise<void> {
    const error = { code: 'MQTT_NO_FRAME', message };
    const body = JSON.stringify({ id: this.requests.at(-1)?.id, error });
    await this.client.publishAsync('framehub/garage/snapshot/error', body, { qos: 1 });
  }

  /** Sends a picture, or a text, to who asked. */
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

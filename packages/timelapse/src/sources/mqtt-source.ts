import { randomUUID } from 'node:crypto';
import { within } from '@framehub/frame';
import type { IPublishPacket } from 'mqtt';
import {
  isMissing,
  type Missing,
  type MqttSourceOptions,
  type Snapshot,
  type Source,
  type SourceHost,
} from '../source.js';
import { Attributes, type CaptureFacts, messageOf, parseObject, parseSequence, parseTime } from './facts.js';
import { Inbox } from './inbox.js';
import { MqttLink } from './mqtt-link.js';

/** Snapshots that may wait for the disk where each one counts. */
const MAX_WAITING = 16;
/** Answers arrive below this MQTT topic, under the client ID: a hub sends none to topics of its own. */
const ANSWERS = 'framehub-timelapse/answer';

interface Arrival {
  readonly data: Buffer;
  readonly arrivedAt: number;
  readonly facts: Promise<CaptureFacts | undefined>;
  /** It was sent to this client only. */
  readonly isAnswer: boolean;
  /** It was published before this connection. */
  readonly retained: boolean;
  /** There were earlier connections: a retained snapshot may be one that was missed. */
  readonly reconnected: boolean;
}

/** Snapshots of an MQTT topic: those that are published, or those that a hub is requested to take. */
export class MqttSource implements Source {
  readonly #options: MqttSourceOptions;
  readonly #host: SourceHost;
  readonly #link: MqttLink;
  readonly #inbox: Inbox<Arrival | Missing>;
  readonly #attributes = new Attributes();
  readonly #answers: string;
  /** Whether snapshots are requested from a hub. */
  readonly #requests: boolean;
  /** ID of the request that has no answer yet. */
  #request: string | undefined;
  /** Whether answers may arrive; else the hub publishes the snapshot for all subscribers. */
  #receivesAnswers = false;
  #problem: string | undefined = 'not connected yet';

  constructor(options: MqttSourceOptions, host: SourceHost) {
    const { server, topic, hub, mode } = options;
    this.#options = options;
    this.#host = host;
    this.#requests = hub !== undefined && mode === 'newest';
    this.#answers = `${ANSWERS}/${server.clientId}`;
    this.#inbox = new Inbox(mode === 'each' ? MAX_WAITING : 1);
    this.#link = new MqttLink(server, {
      logger: host.logger,
      topic,
      optionalTopics: (version) => this.#optionalTopics(version),
      message: (name, payload, packet) => this.#receive(name, payload, packet),
      up: () => this.#connected(),
      down: (problem) => {
        this.#problem = problem;
        host.problem(problem);
      },
    });
  }

  async next(timeoutMs: number): Promise<Snapshot | Missing> {
    const deadline = performance.now() + timeoutMs;
    if (this.#requests) {
      this.#inbox.clear();
      this.#request = randomUUID();
      if (this.#problem === undefined) this.#sendRequest();
    }
    for (;;) {
      const arrival = (await this.#inbox.next(deadline - performance.now())) ?? this.#timedOut(timeoutMs);
      const outcome = isMissing(arrival) ? arrival : await this.#accept(arrival, deadline);
      if (!outcome) continue;
      this.#request = undefined;
      return outcome;
    }
  }

  close(): Promise<void> {
    this.#inbox.close();
    this.#attributes.close();
    return this.#link.close();
  }

  #optionalTopics(version: 4 | 5): string[] {
    const { hub } = this.#options;
    // With MQTT 5, facts come with the snapshots, and answers go to the client that sent the request.
    const facts = hub && version === 4 ? [hub.attributes] : [];
    const answers = hub && this.#requests ? [hub.errors, ...(version === 5 ? [this.#answers] : [])] : [];
    return [...facts, ...answers];
  }

  #connected(): void {
    this.#receivesAnswers = this.#link.version === 5;
    const { topic, server } = this.#options;
    this.#problem = undefined;
    this.#host.problem(undefined);
    const mqtt = this.#link.version === 5 ? '5' : '3.1.1';
    this.#host.logger.info({ topic, mqtt }, `connected to ${server.label}`);
    if (this.#request !== undefined) this.#sendRequest();
  }

  #sendRequest(): void {
    const { hub } = this.#options;
    const id = this.#request;
    if (!hub || id === undefined) return;
    const properties = { responseTopic: this.#answers, correlationData: Buffer.from(id) };
    const options = { qos: 1, ...(this.#receivesAnswers && { properties }) } as const;
    this.#link.publish(hub.get, JSON.stringify({ id, fresh: true }), options);
  }

  #receive(name: string, payload: Buffer, { retain, properties }: IPublishPacket): void {
    const { topic, hub } = this.#options;
    if (name === hub?.attributes) this.#attributes.receive(parseObject(payload.toString()));
    else if (name === hub?.errors) this.#receiveError(payload);
    else if (name === this.#answers && payload[0] === 0x7b) this.#receiveError(payload);
    else if (name === this.#answers && properties?.correlationData?.toString() !== this.#request) return;
    else if (name === topic || name === this.#answers)
      this.#receiveSnapshot({ data: payload, retained: retain, isAnswer: name !== topic }, properties?.userProperties);
  }

  #receiveSnapshot(
    message: Pick<Arrival, 'data' | 'retained' | 'isAnswer'>,
    { ts, seq, placeholder }: Record<string, unknown> = {},
  ): void {
    if (placeholder !== undefined) {
      this.#inbox.push({ reason: 'no-frame', detail: `the camera has no frame: ${placeholder}` });
      return;
    }
    const sent = { capturedAt: parseTime(ts), sequence: parseSequence(seq) };
    const needsAttributes = sent.capturedAt === undefined && this.#options.hub && this.#link.version === 4;
    const facts = needsAttributes ? this.#attributes.of(message.data.length) : Promise.resolve(sent);
    const reconnected = this.#link.connections > 1;
    const kept = this.#inbox.push({ ...message, arrivedAt: Date.now(), facts, reconnected });
    if (!kept && this.#options.mode === 'each') this.#host.overrun();
  }

  /** Answers in JSON are errors. Those to other requests, also of other clients, are ignored. */
  #receiveError(payload: Buffer): void {
    const answer = parseObject(payload.toString());
    if (this.#request === undefined || answer.id !== this.#request) return;
    this.#inbox.push({ reason: 'no-frame', detail: messageOf(answer) ?? 'the hub has no frame' });
  }

  /** @returns the snapshot, or undefined if it is not one to store. Waits for its facts, until the deadline at most */
  async #accept(arrival: Arrival, deadline: number): Promise<Snapshot | undefined> {
    const { data, arrivedAt, facts, retained, reconnected, isAnswer } = arrival;
    if (retained && this.#requests) return undefined;
    const { capturedAt, sequence } = (await within(facts, Math.max(0, deadline - performance.now()))) ?? {};
    const snapshot = { data, arrivedAt, capturedAt, sequence };
    // One that was published before this connection, unless it was missed between two connections.
    const isNew = capturedAt === undefined ? reconnected : capturedAt > this.#host.newest();
    if (retained && !isNew) return undefined;
    // Hubs publish their last snapshot again when they reconnect; that is no answer.
    if (this.#requests && !isAnswer && this.#host.isStored(snapshot)) return undefined;
    return snapshot;
  }

  #timedOut(timeoutMs: number): Missing {
    if (this.#problem !== undefined) return { reason: 'unreachable', detail: this.#problem };
    // MQTT servers may withhold answers without an error.
    this.#receivesAnswers = false;
    const { hub, topic } = this.#options;
    const what = this.#requests ? `no answer to ${hub?.get}` : `nothing was published to ${topic}`;
    return { reason: 'timeout', detail: `${what} within ${Math.round(timeoutMs / 100) / 10} s` };
  }
}

import { randomUUID } from 'node:crypto';
import type { IPublishPacket } from 'mqtt';
import { isMissing, type Missing, type Picture } from '../picture.js';
import { Attributes } from './attributes.js';
import { type CaptureFacts, parseSequence, parseTime } from './capture-facts.js';
import { Inbox } from './inbox.js';
import { messageOf, parseObject } from './json.js';
import { type BrokerOptions, MqttLink } from './mqtt-link.js';
import type { Source, SourceHost } from './source.js';

/** Pictures that may wait for the disk where each one counts. */
const MOST_WAITING = 16;
/** Answers come here, and to the client's ID below it: a hub sends none to topics of its own. */
const ANSWERS = 'framehub-timelapse/answer';

export interface MqttSourceOptions {
  readonly broker: BrokerOptions;
  /** Where the pictures are, as bare JPEGs. */
  readonly topic: string;
  /** What a hub has beside them; absent for other programs. */
  readonly hub?: { readonly attributes: string; readonly get: string; readonly errors: string };
  /** `each`: every picture that comes. `newest`: the newest when asked, which a hub takes then. */
  readonly wanted: 'each' | 'newest';
}

interface Arrival {
  readonly data: Buffer;
  readonly arrivedAt: number;
  readonly facts: Promise<CaptureFacts | undefined>;
  /** It was sent to us, not to everybody. */
  readonly isAnswer: boolean;
  /** It had been published before we came. */
  readonly retained: boolean;
  /** We had been there before, so that a retained one may be one that we missed. */
  readonly returned: boolean;
}

/** Pictures of a topic: those that come, or those that a hub is asked for. */
export class MqttSource implements Source {
  readonly #link: MqttLink;
  readonly #inbox: Inbox<Arrival | Missing>;
  readonly #attributes = new Attributes();
  readonly #answers: string;
  readonly #asks: boolean;
  /** The request without an answer yet. */
  #request: string | undefined;
  /** Answers may reach us; else the hub is to publish for everybody. */
  #hears = false;
  #problem: string | undefined = 'not connected yet';

  constructor(
    private readonly options: MqttSourceOptions,
    private readonly host: SourceHost,
  ) {
    const { broker, hub, wanted } = options;
    this.#asks = hub !== undefined && wanted === 'newest';
    this.#answers = `${ANSWERS}/${broker.clientId}`;
    this.#inbox = new Inbox(wanted === 'each' ? MOST_WAITING : 1);
    this.#link = new MqttLink(broker, {
      logger: host.logger,
      topic: options.topic,
      helpful: (version) => this.#helpful(version),
      message: (name, payload, packet) => this.#receive(name, payload, packet),
      up: () => this.#up(),
      down: (problem) => {
        this.#problem = problem;
        host.trouble(problem);
      },
    });
  }

  async next(patience: number): Promise<Picture | Missing> {
    const deadline = performance.now() + patience;
    if (this.#asks) {
      this.#inbox.clear();
      this.#request = randomUUID();
      if (this.#problem === undefined) this.#ask();
    }
    for (;;) {
      const arrival = (await this.#inbox.take(deadline - performance.now())) ?? this.#nothing(patience);
      const outcome = isMissing(arrival) ? arrival : await this.#news(arrival, deadline);
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

  #helpful(version: 4 | 5): string[] {
    const { hub } = this.options;
    // With MQTT 5 the facts come with the pictures, and answers go to who asked.
    const facts = hub && version === 4 ? [hub.attributes] : [];
    const answers = hub && this.#asks ? [hub.errors, ...(version === 5 ? [this.#answers] : [])] : [];
    return [...facts, ...answers];
  }

  #up(): void {
    this.#hears = this.#link.version === 5;
    const { topic, broker } = this.options;
    this.#problem = undefined;
    this.host.trouble(undefined);
    const mqtt = this.#link.version === 5 ? '5' : '3.1.1';
    this.host.logger.info({ topic, mqtt }, `connected with ${broker.label}`);
    if (this.#request !== undefined) this.#ask();
  }

  #ask(): void {
    const { hub } = this.options;
    const id = this.#request;
    if (!hub || id === undefined) return;
    const properties = { responseTopic: this.#answers, correlationData: Buffer.from(id) };
    this.#link.publish(hub.get, JSON.stringify({ id, fresh: true }), { qos: 1, ...(this.#hears && { properties }) });
  }

  #receive(name: string, payload: Buffer, { retain, properties }: IPublishPacket): void {
    const { topic, hub } = this.options;
    if (name === hub?.attributes) this.#attributes.set(parseObject(payload.toString()));
    else if (name === hub?.errors) this.#refused(payload);
    else if (name === this.#answers && payload[0] === 0x7b) this.#refused(payload);
    else if (name === this.#answers && properties?.correlationData?.toString() !== this.#request) return;
    else if (name === topic || name === this.#answers)
      this.#arrived({ data: payload, retained: retain, isAnswer: name !== topic }, properties?.userProperties);
  }

  #arrived(
    message: Pick<Arrival, 'data' | 'retained' | 'isAnswer'>,
    { ts, seq, placeholder }: Record<string, unknown> = {},
  ): void {
    if (placeholder !== undefined) {
      this.#inbox.push({ reason: 'no-picture', detail: `there is no picture: ${placeholder}` });
      return;
    }
    const own = { capturedAt: parseTime(ts), sequence: parseSequence(seq) };
    const isAlone = own.capturedAt === undefined && this.options.hub && this.#link.version === 4;
    const facts = isAlone ? this.#attributes.of(message.data.length) : Promise.resolve(own);
    const returned = this.#link.connections > 1;
    const kept = this.#inbox.push({ ...message, arrivedAt: Date.now(), facts, returned });
    if (!kept && this.options.wanted === 'each') this.host.overrun();
  }

  /** Answers in JSON say why there is no picture; those to other requests, also of others, are not for us. */
  #refused(payload: Buffer): void {
    const said = parseObject(payload.toString());
    if (this.#request === undefined || said.id !== this.#request) return;
    this.#inbox.push({ reason: 'no-picture', detail: messageOf(said) ?? 'the hub has no picture' });
  }

  /** The picture, or undefined when it is not what is waited for. Its facts are waited for until the deadline at most. */
  async #news(arrival: Arrival, deadline: number): Promise<Picture | undefined> {
    const { data, arrivedAt, facts, retained, returned, isAnswer } = arrival;
    if (retained && this.#asks) return undefined;
    const { capturedAt, sequence } = (await before(deadline, facts)) ?? {};
    const picture = { data, arrivedAt, capturedAt, sequence };
    // One from before our time, unless we missed it while we were away.
    const isNew = capturedAt === undefined ? returned : capturedAt > this.host.newest();
    if (retained && !isNew) return undefined;
    // Hubs publish their last picture again when they come back; that is no answer.
    if (this.#asks && !isAnswer && this.host.isStored(picture)) return undefined;
    return picture;
  }

  #nothing(patience: number): Missing {
    if (this.#problem !== undefined) return { reason: 'unreachable', detail: this.#problem };
    // Brokers may keep answers from us without a word.
    this.#hears = false;
    const { hub, topic } = this.options;
    const what = this.#asks ? `no answer to ${hub?.get}` : `nothing came on ${topic}`;
    return { reason: 'timeout', detail: `${what} within ${Math.round(patience / 100) / 10} s` };
  }
}

/** What comes in time, or undefined. */
async function before<T>(deadline: number, work: Promise<T>): Promise<T | undefined> {
  if (!Number.isFinite(deadline)) return work;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, deadline - performance.now(), undefined);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

import { Allowance, Counters, FramehubError, Lock, publicError, unknownCamera } from '@framehub/frame';
import type { CameraPublisher } from '../camera/camera-publisher.js';
import { frameMessage } from '../camera/snapshots.js';
import type { GatewayContext } from '../context.js';
import type { Delivery } from '../link/connection.js';
import { isSendable, jsonMessage, type Message } from '../message.js';
import type { CommandTopic } from '../topics.js';
import {
  idOf,
  MAX_COMMAND_BYTES,
  readControlValue,
  readFrameRequest,
  readProfile,
  readSnapshotCommand,
  readSwitch,
} from './payload.js';

/** Per camera: snapshots that run at a time, and changes that run or wait. */
const MAX_SNAPSHOTS = 4;
const MAX_CHANGES = 16;
/** Commands of one kind for one camera that are read: at once, and per second. People and automations send far fewer. */
const BURST = 64;
const PER_SECOND = 16;

/** What is sent to the response topic of a command. Undefined: the changed state is the response. */
type Response = Pick<Message, 'payload'> & Partial<Message>;

/** The work that commands cause at one camera. */
interface CameraWork {
  readonly snapshots: Lock;
  readonly changes: Lock;
}

/** Executes the commands of MQTT clients. Whatever they send costs at most a line in the log. */
export class Commands {
  readonly accepted = new Counters();
  readonly #context: GatewayContext;
  readonly #publisherOf: (camera: string) => CameraPublisher | undefined;
  readonly #work = new WeakMap<CameraPublisher, CameraWork>();
  readonly #allowances = new WeakMap<object, Map<string, Allowance>>();

  constructor(context: GatewayContext, publisherOf: (camera: string) => CameraPublisher | undefined) {
    this.#context = context;
    this.#publisherOf = publisherOf;
  }

  /** Executes a command. Never rejects. Most commands of a flood are dropped before they are read. */
  async handle(command: CommandTopic, delivery: Delivery): Promise<void> {
    const { kind } = command;
    if (!this.#isAllowed(command)) {
      this.#context.problems.warn(`${kind} flood`, { kind }, 'too many commands arrive at once: some are dropped');
      return;
    }
    try {
      const response = await this.#execute(command, delivery);
      this.accepted.add(kind);
      if (response) this.#respond(delivery, response);
    } catch (error) {
      this.#reject(command, delivery, error);
    }
  }

  /** Unknown cameras share one allowance: their names are chosen by the clients. */
  #isAllowed({ camera, kind }: CommandTopic): boolean {
    const owner = this.#publisherOf(camera) ?? this;
    const allowances = this.#allowances.get(owner) ?? new Map<string, Allowance>();
    this.#allowances.set(owner, allowances);
    const allowance = allowances.get(kind) ?? new Allowance(BURST, PER_SECOND);
    allowances.set(kind, allowance);
    return allowance.take();
  }

  async #execute(command: CommandTopic, delivery: Delivery): Promise<Response | undefined> {
    const { payload, retained } = delivery;
    if (retained) throw new FramehubError('MQTT_RETAINED_COMMAND', RETAINED);
    if (payload.length > MAX_COMMAND_BYTES) {
      const message = `the command must have at most ${MAX_COMMAND_BYTES} bytes, not ${payload.length}`;
      throw new FramehubError('MQTT_BAD_COMMAND', message);
    }
    this.#assertResponseTopic(delivery);
    const publisher = this.#publisherOf(command.camera);
    if (!publisher) {
      const names = this.#context.hub.cameras().map(({ name }) => name);
      throw unknownCamera(command.camera, names);
    }
    if (command.kind === 'frame') return this.#requestFrames(publisher, payload);
    const { snapshots, changes } = this.#workOf(publisher);
    return command.kind === 'snapshot'
      ? snapshots.shared(() => this.#snapshot(publisher, delivery))
      : changes.exclusive(() => this.#change(publisher, command, payload));
  }

  #workOf(publisher: CameraPublisher): CameraWork {
    const work = this.#work.get(publisher) ?? {
      snapshots: new Lock({ limit: MAX_SNAPSHOTS, overflow: busy }),
      changes: new Lock({ limit: MAX_CHANGES, overflow: busy }),
    };
    this.#work.set(publisher, work);
    return work;
  }

  async #snapshot(publisher: CameraPublisher, delivery: Delivery): Promise<Response | undefined> {
    const { id, ...request } = readSnapshotCommand(delivery.payload);
    if (delivery.responseTopic === undefined) {
      await publisher.snapshots.publish(request, id);
      return undefined;
    }
    const frame = await publisher.snapshots.capture(request);
    const message = frameMessage(publisher.camera.name, frame);
    return { ...message, properties: { ...message.properties, ...(id !== undefined && { id: String(id) }) } };
  }

  async #change({ camera }: CameraPublisher, command: CommandTopic, payload: Buffer): Promise<Response> {
    if (command.kind === 'control') {
      const { control: name } = command;
      const known = (await camera.controls()).find((candidate) => candidate.name === name);
      const controls = await camera.setControls({ [name]: readControlValue(payload, known) });
      return json({ [name]: String(controls.find((control) => control.name === name)?.value ?? '') });
    }
    if (command.kind === 'enabled') {
      const { enabled } = await camera.change({ enabled: readSwitch(payload) });
      return json({ enabled });
    }
    const { profiles } = camera.settings();
    const { profile } = await camera.change({ profile: readProfile(payload, profiles) });
    return json({ profile: profile ?? null });
  }

  #requestFrames({ live, camera }: CameraPublisher, payload: Buffer): undefined {
    if (!live) {
      const message = `${camera.name} sends no live frames over MQTT: add 'frames' to its configuration`;
      throw new FramehubError('MQTT_NO_FRAMES', message);
    }
    live.request(readFrameRequest(payload));
  }

  #respond({ responseTopic: topic, correlation }: Delivery, response: Response): void {
    if (topic !== undefined) this.#context.outbox.reply({ topic, qos: 1, retain: false, ...response, correlation });
  }

  #reject(command: CommandTopic, delivery: Delivery, error: unknown): void {
    const { outbox, problems } = this.#context;
    const { kind } = command;
    const { code, message } = publicError(error, 'MQTT_INTERNAL');
    const data = { kind, ...(code === 'MQTT_INTERNAL' && { err: error }) };
    problems.warn(`${kind} ${code}`, data, `a command was rejected: ${message}`);
    // Nobody waits for the response to a retained command, and responses to responses would never end.
    if (code === 'MQTT_RETAINED_COMMAND' || code === 'MQTT_BAD_RESPONSE_TOPIC') return;
    const body = { id: idOf(delivery.payload.subarray(0, MAX_COMMAND_BYTES)), error: { code, message } };
    if (delivery.responseTopic !== undefined) this.#respond(delivery, json(body));
    // An unknown camera has no topic: clients would choose its name.
    else if (this.#publisherOf(command.camera))
      outbox.put({ ...jsonMessage(command.errors, body), retain: false, volatile: true });
  }

  /** framehub may be allowed to publish where the client is not: responses must not go to its own or Home Assistant's topics. */
  #assertResponseTopic({ responseTopic }: Delivery): void {
    if (responseTopic === undefined) return;
    const { topics, settings } = this.#context;
    const isGuarded = [topics.prefix, settings.homeassistant.discoveryPrefix].some((prefix) =>
      `${responseTopic}/`.startsWith(`${prefix}/`),
    );
    if (!isGuarded && /^[^$+#][^+#]{0,255}$/u.test(responseTopic) && isSendable(responseTopic)) return;
    throw new FramehubError('MQTT_BAD_RESPONSE_TOPIC', BAD_RESPONSE_TOPIC);
  }
}

const RETAINED =
  'the MQTT server retained this command from before: publish commands without retain, and delete this one';
const BAD_RESPONSE_TOPIC =
  "the response topic must not be one of framehub's or Home Assistant's own, nor have wildcards or unprintable characters";

const json = (value: object): Response => ({ payload: JSON.stringify(value), contentType: 'application/json' });

function busy(limit: number): FramehubError {
  const message = `${limit} commands of this kind are already running or waiting, which is the limit: try again later`;
  return new FramehubError('MQTT_BUSY', message);
}

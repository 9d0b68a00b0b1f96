import { Allowance, Counters, FramehubError, publicError } from '@framehub/frame';
import type { Channel } from '../camera/channel.js';
import { pictureMessage } from '../camera/snapshots.js';
import type { Context } from '../context.js';
import type { Delivery } from '../link/connection.js';
import { jsonMessage, type Message } from '../message.js';
import { isSendable } from '../sendable.js';
import type { CommandTopic } from '../topics.js';
import { Lane } from './lane.js';
import {
  idOf,
  MAX_COMMAND_BYTES,
  readControlValue,
  readProfile,
  readSnapshotCommand,
  readSwitch,
  readWish,
} from './payload.js';

/** Snapshots of a camera that are waited for, and changes to it that wait their turn. */
const MAX_SNAPSHOTS = 4;
const MAX_CHANGES = 16;
/** Commands of a kind for a camera that are looked at: at once, and a second. People and automations send far fewer. */
const BURST = 64;
const PER_SECOND = 16;

/** What a command answers to who named a topic for it; undefined: the answer is the state that it changes. */
type Answer = Pick<Message, 'payload'> & Partial<Message>;

/** Does what the broker's clients ask for. Whatever they send costs a line in the log at most. */
export class Commands {
  readonly accepted = new Counters();
  readonly #snapshots = new WeakMap<Channel, Lane>();
  readonly #changes = new WeakMap<Channel, Lane>();
  readonly #allowances = new WeakMap<object, Map<string, Allowance>>();

  constructor(
    private readonly context: Context,
    private readonly channelOf: (camera: string) => Channel | undefined,
  ) {}

  /** Never rejects. Of a flood most are dropped before anything is read of them. */
  async handle(command: CommandTopic, delivery: Delivery): Promise<void> {
    if (!this.#isAllowed(command)) {
      const { kind } = command;
      this.context.complaints.warn(`${kind} flood`, { kind }, 'too many commands come at once: some are dropped');
      return;
    }
    try {
      const answer = await this.#run(command, delivery);
      this.accepted.add(command.kind);
      if (answer) this.#answer(delivery, answer);
    } catch (error) {
      this.#refuse(command, delivery, error);
    }
  }

  /** Cameras that are none have one allowance together: strangers would choose their names. */
  #isAllowed({ camera, kind }: CommandTopic): boolean {
    const owner = this.channelOf(camera) ?? this;
    const allowances = this.#allowances.get(owner) ?? new Map<string, Allowance>();
    this.#allowances.set(owner, allowances);
    const allowance = allowances.get(kind) ?? new Allowance(BURST, PER_SECOND);
    allowances.set(kind, allowance);
    return allowance.take();
  }

  async #run(command: CommandTopic, delivery: Delivery): Promise<Answer | undefined> {
    const { payload, retained } = delivery;
    if (retained) throw new FramehubError('MQTT_RETAINED_COMMAND', RETAINED);
    if (payload.length > MAX_COMMAND_BYTES) {
      const message = `the command has ${payload.length} bytes: allowed are ${MAX_COMMAND_BYTES}`;
      throw new FramehubError('MQTT_BAD_COMMAND', message);
    }
    this.#checkResponseTopic(delivery);
    const channel = this.channelOf(command.camera);
    if (!channel) throw new FramehubError('CAMERA_UNKNOWN', `there is no camera of this name: ${this.#cameras()}`);
    if (command.kind === 'want') return this.#want(channel, payload);
    if (command.kind === 'snapshot')
      return this.#lane(this.#snapshots, channel, MAX_SNAPSHOTS, false).run(() => this.#snapshot(channel, delivery));
    return this.#lane(this.#changes, channel, MAX_CHANGES, true).run(() => this.#change(channel, command, payload));
  }

  async #snapshot(channel: Channel, { payload, responseTopic }: Delivery): Promise<Answer | undefined> {
    const { id, ...wish } = readSnapshotCommand(payload);
    if (responseTopic === undefined) {
      await channel.snapshots.publish(wish, id);
      return undefined;
    }
    const frame = await channel.snapshots.take(wish);
    const message = pictureMessage(channel.camera.name, frame);
    return { ...message, properties: { ...message.properties, ...(id !== undefined && { id: String(id) }) } };
  }

  async #change(channel: Channel, command: CommandTopic, payload: Buffer): Promise<Answer> {
    const { camera } = channel;
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

  #want(channel: Channel, payload: Buffer): undefined {
    if (!channel.live) {
      const message = `${channel.camera.name} sends no live frames over MQTT: give it frames in the configuration`;
      throw new FramehubError('MQTT_NO_FRAMES', message);
    }
    channel.live.want(readWish(payload));
  }

  #answer({ responseTopic: topic, correlation }: Delivery, answer: Answer): void {
    if (topic !== undefined) this.context.outbox.reply({ topic, qos: 1, retain: false, ...answer, correlation });
  }

  #refuse(command: CommandTopic, delivery: Delivery, error: unknown): void {
    const { outbox, complaints } = this.context;
    const { kind } = command;
    const { code, message } = publicError(error, 'MQTT_INTERNAL');
    complaints.warn(
      `${kind} ${code}`,
      { kind, ...(code === 'MQTT_INTERNAL' && { err: error }) },
      `a command was refused: ${message}`,
    );
    // One from before has nobody who waits, and to answer an answer would never end.
    if (code === 'MQTT_RETAINED_COMMAND' || code === 'MQTT_BAD_RESPONSE_TOPIC') return;
    const body = { id: idOf(delivery.payload.subarray(0, MAX_COMMAND_BYTES)), error: { code, message } };
    if (delivery.responseTopic !== undefined) this.#answer(delivery, json(body));
    // Of a camera that is none there is no topic either: strangers would choose its name.
    else if (this.channelOf(command.camera))
      outbox.put({ ...jsonMessage(command.errors, body), retain: false, volatile: true });
  }

  /** We may be allowed to publish where who asks is not, so our own topics and Home Assistant's are not for answers. */
  #checkResponseTopic({ responseTopic }: Delivery): void {
    if (responseTopic === undefined) return;
    const { prefix } = this.context.topics;
    const { discoveryPrefix } = this.context.settings.homeassistant;
    const guarded = [prefix, discoveryPrefix].some((own) => `${responseTopic}/`.startsWith(`${own}/`));
    if (!guarded && /^[^$+#][^+#]{0,255}$/u.test(responseTopic) && isSendable(responseTopic)) return;
    const message = `an answer cannot go to a topic of framehub's or Home Assistant's own, nor to one with wildcards or characters that cannot be printed`;
    throw new FramehubError('MQTT_BAD_RESPONSE_TOPIC', message);
  }

  #lane(lanes: WeakMap<Channel, Lane>, channel: Channel, room: number, inTurn: boolean): Lane {
    const lane = lanes.get(channel) ?? new Lane(room, inTurn);
    lanes.set(channel, lane);
    return lane;
  }

  #cameras(): string {
    const names = this.context.hub.cameras().map(({ name }) => name);
    return names.length > 0 ? `there are ${names.join(', ')}` : 'there are none';
  }
}

const RETAINED = 'the command is from before, kept by the broker: publish commands without retain, and delete this one';

const json = (value: object): Answer => ({ payload: JSON.stringify(value), contentType: 'application/json' });

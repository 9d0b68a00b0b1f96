import { socketAddress } from './address.js';
import { Clock } from './clock.js';
import { ClockQuestions } from './clock-questions.js';
import { Connection, type WebSocketConstructor } from './connection.js';
import { Emitter } from './emitter.js';
import { readPicture } from './picture.js';
import {
  type CameraControl,
  type CameraInfo,
  type CameraSettings,
  type ControlValues,
  FramehubClientError,
  type ServerMessage,
  type SettingsChange,
} from './protocol.js';
import { Requests } from './requests.js';
import { Roster } from './roster.js';
import { type SubscribeOptions, Subscription } from './subscription.js';

const DEFAULT_CREDIT = 2;

export interface ConnectOptions {
  /** For Node before 22, which has none of its own: that of the package `ws`. @default globalThis.WebSocket */
  readonly WebSocket?: WebSocketConstructor;
}

export type ClientEvents = {
  /** The connection is up, at first and again. */
  up: undefined;
  /** The connection is gone; it is tried again. */
  down: FramehubClientError;
  /** The list of cameras, or what is known of one of them, is another. */
  cameras: readonly CameraInfo[];
  /** Values were changed, by whomever. */
  controls: Extract<ServerMessage, { op: 'controls' }>;
  settings: Extract<ServerMessage, { op: 'settings' }>;
};

/**
 * Connects to a hub: `ws://HOST:8090/ws`, or an address of its HTTP server. Returns at once; what is subscribed to comes
 * when the connection is up, and again after each reconnection.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): FramehubClient {
  return new FramehubClient(url, options);
}

export class FramehubClient {
  readonly url: string;
  readonly #events = new Emitter<ClientEvents>();
  readonly #clock = new Clock();
  readonly #clockQuestions = new ClockQuestions(() => this.#connection.send({ op: 'time', sent: Date.now() }));
  readonly #roster = new Roster();
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #subscriptions = new Map<number, Subscription>();
  #mayChange = false;
  #nextId = 1;

  constructor(url: string | URL, { WebSocket = globalThis.WebSocket }: ConnectOptions = {}) {
    if (!WebSocket)
      throw new FramehubClientError(
        'CLIENT_NO_WEBSOCKET',
        "this Node has no WebSocket: pass one, connect(url, { WebSocket }) with `import { WebSocket } from 'ws'`",
      );
    this.url = socketAddress(url);
    this.#connection = new Connection(this.url, WebSocket, {
      message: (message) => this.#hear(message),
      binary: (data) => this.#show(data),
      up: () => this.#resume(),
      down: (error) => this.#lost(error),
    });
    this.#requests = new Requests((message) => this.#connection.send(message));
  }

  get connected(): boolean {
    return this.#connection.up;
  }

  /** Cameras as last heard of. */
  get cameras(): readonly CameraInfo[] {
    return this.#roster.cameras;
  }

  /** Whether settings may be changed over this connection. */
  get mayChange(): boolean {
    return this.#mayChange;
  }

  /** Milliseconds to the server and back, if known, and what its clock is ahead of ours. */
  get clock(): { readonly roundTrip: number; readonly offset: number } | undefined {
    return this.#clock.best;
  }

  /** Returns a function that ends it. */
  on<K extends keyof ClientEvents>(name: K, listener: (event: ClientEvents[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  subscribe(camera: string, options: SubscribeOptions = {}): Subscription {
    const id = this.#nextId++;
    const subscription = new Subscription(camera, options, {
      credit: () => this.#connection.send({ op: 'credit', id, n: 1 }),
      end: () => {
        this.#subscriptions.delete(id);
        this.#connection.send({ op: 'unsubscribe', id });
      },
      ageOf: (capturedAt) => this.#clock.serverNow() - capturedAt,
    });
    this.#subscriptions.set(id, subscription);
    this.#request(id, subscription);
    return subscription;
  }

  /** The camera's controls with their present values. */
  async controls(camera: string): Promise<readonly CameraControl[]> {
    return (await this.#ask(camera, { op: 'controls' })).controls ?? [];
  }

  /** Sets controls, all or none on bad names and values, and returns all as read back. */
  async setControls(camera: string, values: ControlValues): Promise<readonly CameraControl[]> {
    return (await this.#ask(camera, { op: 'setControls', values })).controls ?? [];
  }

  /** Changes settings of a camera while it runs, for all who look at it. */
  async change(camera: string, settings: SettingsChange): Promise<CameraSettings> {
    return (await this.#ask(camera, { op: 'change', settings })).settings as CameraSettings;
  }

  /** Tries to connect at once, when it waits for the next try. */
  hurry(): void {
    this.#connection.hurry();
  }

  /** Ends all subscriptions and the connection. For good. */
  close(): void {
    for (const subscription of [...this.#subscriptions.values()]) subscription.close();
    this.#clockQuestions.stop();
    this.#requests.refuseAll(new FramehubClientError('CLIENT_CLOSED', 'the client was closed'));
    this.#connection.close();
  }

  async #ask(camera: string, question: Parameters<Requests['ask']>[1]) {
    if (!this.connected) throw new FramehubClientError('CLIENT_NOT_CONNECTED', 'there is no connection: wait for `up`');
    return this.#requests.ask(camera, question);
  }

  #request(id: number, { camera, options: { credit = DEFAULT_CREDIT, ...wish } }: Subscription): void {
    this.#connection.send({ op: 'subscribe', id, camera, credit, ...wish });
  }

  #resume(): void {
    this.#clock.reset();
    this.#clockQuestions.start();
    for (const [id, subscription] of this.#subscriptions) this.#request(id, subscription);
    this.#events.emit('up', undefined);
  }

  #lost(error: FramehubClientError): void {
    this.#clockQuestions.stop();
    this.#requests.refuseAll(error);
    this.#events.emit('down', error);
  }

  #show(data: ArrayBuffer): void {
    const picture = readPicture(data);
    const subscription = picture && this.#subscriptions.get(picture.subscription);
    // One may be on its way while its subscription ends.
    if (!picture || !subscription) return;
    const { subscription: _, ...rest } = picture;
    const age = this.#clock.serverNow() - picture.capturedAt;
    subscription.receive({ camera: subscription.camera, age, ...rest });
  }

  #hear(message: ServerMessage): void {
    if (message.op === 'cameras') this.#welcomeBack(message.cameras);
    if (this.#roster.hear(message)) this.#events.emit('cameras', this.#roster.cameras);
    switch (message.op) {
      case 'hello':
        this.#mayChange = message.mayChange;
        return;
      case 'time':
        this.#clock.answer(message.sent, message.time);
        return;
      case 'answer':
        this.#requests.answer(message);
        return;
      case 'error':
        this.#fail(message);
        return;
      case 'ended': {
        const left = new FramehubClientError('CLIENT_CAMERA_LEFT', `${message.camera} is no longer among the cameras`);
        this.#subscriptions.get(message.id)?.fail(left);
        return;
      }
      case 'controls':
        this.#events.emit('controls', message);
        return;
      case 'settings':
        this.#events.emit('settings', message);
    }
  }

  /** A camera that has come into the list is subscribed to by those who waited for it. */
  #welcomeBack(cameras: readonly CameraInfo[]): void {
    const come = this.#roster.newIn(cameras);
    for (const [id, subscription] of this.#subscriptions)
      if (come.has(subscription.camera)) this.#request(id, subscription);
  }

  #fail({ code, message, re, id }: Extract<ServerMessage, { op: 'error' }>): void {
    const error = new FramehubClientError(code, message);
    // Asked for twice: the camera came while the first time was on its way.
    if (code === 'WS_SUBSCRIPTION_EXISTS') return;
    if (re !== undefined) this.#requests.refuse(re, error);
    else if (id !== undefined) this.#subscriptions.get(id)?.fail(error);
  }
}

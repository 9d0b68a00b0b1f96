import type { ListenOptions, Subscription } from '@framehub/frame/async';
import type {
  CameraInfo,
  ControlReport,
  ControlValues,
  Question,
  ServerMessage,
  SettingsChange,
  SettingsReport,
} from '@framehub/frame/protocol';
import { ClockSync, ServerClock } from './clock.js';
import { Connection, socketAddress, type WebSocketConstructor } from './connection.js';
import { FramehubClientError } from './errors.js';
import { Events } from './events.js';
import { readFrame } from './frame.js';
import { Requests, type ResponseMessage } from './requests.js';
import { FrameSubscription, type SubscribeOptions } from './subscription.js';

const DEFAULT_CREDIT = 2;

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** For Node before 22, which has no WebSocket: the one of the package `ws`. @default globalThis.WebSocket */
  readonly WebSocket?: WebSocketConstructor;
}

/** Events of a {@link FramehubClient}. */
export interface ClientEvents {
  /** The connection is open, for the first time or again. */
  up: undefined;
  /** The connection is lost, and a new one will be opened. */
  down: FramehubClientError;
  /** All cameras, after the list or the state of one of them changed. */
  cameras: readonly CameraInfo[];
  /** Values of controls changed, by this client or others. */
  controls: Extract<ServerMessage, { op: 'controls' }>;
  /** Settings changed, by this client or others. */
  settings: Extract<ServerMessage, { op: 'settings' }>;
}

/**
 * Connects to a hub. Returns at once; frames arrive when the connection is open, and again after each reconnection.
 *
 * @param url of the hub's HTTP server, or of its WebSocket: `ws://HOST:8090/ws`
 * @throws FramehubClientError `CLIENT_NO_WEBSOCKET`; TypeError for an invalid URL
 * @example
 * using client = connect('http://localhost:8090');
 * for await (const frame of client.subscribe('garage')) console.log(frame.age);
 */
export function connect(url: string | URL, options: ConnectOptions = {}): FramehubClient {
  return new FramehubClient(url, options);
}

/** A connection to a hub that reconnects until it is closed. Made by {@link connect}. */
export class FramehubClient implements Disposable {
  /** Of the WebSocket. */
  readonly url: string;
  readonly #events = new Events<ClientEvents>();
  readonly #clock = new ServerClock();
  readonly #clockSync = new ClockSync(() => this.#connection.send({ op: 'time', sent: Date.now() }));
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #subscriptions = new Map<number, FrameSubscription>();
  #cameras: readonly CameraInfo[] = [];
  #canControl = false;
  #nextId = 1;

  constructor(url: string | URL, { WebSocket = globalThis.WebSocket }: ConnectOptions = {}) {
    if (!WebSocket)
      throw new FramehubClientError(
        'CLIENT_NO_WEBSOCKET',
        "this Node has no WebSocket: pass one, connect(url, { WebSocket }) with `import { WebSocket } from 'ws'`",
      );
    this.url = socketAddress(url);
    this.#connection = new Connection(this.url, WebSocket, {
      message: (message) => this.#receive(message),
      binary: (data) => this.#receiveFrame(data),
      up: () => this.#onUp(),
      down: (error) => this.#onDown(error),
    });
    this.#requests = new Requests((message) => this.#connection.send(message));
  }

  /** Whether the connection is open. */
  get connected(): boolean {
    return this.#connection.connected;
  }

  /** All cameras, as last reported; empty before the first connection. */
  get cameras(): readonly CameraInfo[] {
    return this.#cameras;
  }

  /** Whether controls and settings may be changed over this connection. */
  get canControl(): boolean {
    return this.#canControl;
  }

  /** Milliseconds to the server and back, and how far its clock is ahead of the local one; undefined while unknown. */
  get clock(): { readonly roundTrip: number; readonly offset: number } | undefined {
    return this.#clock.best;
  }

  /** Adds a listener. @returns removes the listener when it is closed */
  on<K extends keyof ClientEvents>(
    name: K,
    listener: (event: ClientEvents[K]) => void,
    options?: ListenOptions,
  ): Subscription {
    return this.#events.on(name, listener, options);
  }

  /**
   * Events as an async iterator, from the first `next()` on, until the signal aborts or the client is closed.
   *
   * @example
   * for await (const cameras of client.events('cameras')) console.log(cameras.map(({ state }) => state));
   */
  events<K extends keyof ClientEvents>(
    name: K,
    options?: ListenOptions,
  ): AsyncIterableIterator<ClientEvents[K], void, undefined> {
    return this.#events.iterate(name, options);
  }

  /** Subscribes to the frames of a camera. @param options with a signal, which closes the subscription */
  subscribe(camera: string, options: SubscribeOptions = {}): FrameSubscription {
    const id = this.#nextId++;
    const subscription = new FrameSubscription(camera, options, {
      sendCredit: () => this.#connection.send({ op: 'credit', id, count: 1 }),
      unsubscribe: () => {
        this.#subscriptions.delete(id);
        this.#connection.send({ op: 'unsubscribe', id });
      },
      ageOf: (capturedAt) => this.#clock.serverNow() - capturedAt,
    });
    this.#subscriptions.set(id, subscription);
    this.#sendSubscribe(id, subscription);
    subscription.watchSignal();
    return subscription;
  }

  /**
   * The controls of a camera with their present values.
   *
   * @throws FramehubClientError an error of the server, `CLIENT_NOT_CONNECTED`, `CLIENT_CONNECTION_LOST`,
   *   `CLIENT_NO_ANSWER`, `CLIENT_CLOSED`; the signal's reason when it aborts
   */
  async controls(camera: string, options?: ListenOptions): Promise<readonly ControlReport[]> {
    return (await this.#ask(camera, { op: 'getControls' }, options)).controls ?? [];
  }

  /** Sets controls, all or none if one is invalid. @returns all controls as read back @throws as {@link controls} does */
  async setControls(camera: string, values: ControlValues, options?: ListenOptions): Promise<readonly ControlReport[]> {
    return (await this.#ask(camera, { op: 'setControls', values }, options)).controls ?? [];
  }

  /** Changes settings of a running camera, for all viewers. @returns all settings @throws as {@link controls} does */
  async change(camera: string, settings: SettingsChange, options?: ListenOptions): Promise<SettingsReport> {
    return (await this.#ask(camera, { op: 'setSettings', settings }, options)).settings as SettingsReport;
  }

  /** Connects at once, if the client waits for its next attempt. */
  connectNow(): void {
    this.#connection.connectNow();
  }

  /** Closes all subscriptions and the connection. May be called more than once. */
  close(): void {
    for (const subscription of [...this.#subscriptions.values()]) subscription.close();
    this.#events.close();
    this.#clockSync.stop();
    this.#requests.rejectAll(new FramehubClientError('CLIENT_CLOSED', 'the client was closed'));
    this.#connection.close();
  }

  /** The same as {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #ask(camera: string, question: Question, options?: ListenOptions): Promise<ResponseMessage> {
    if (!this.connected)
      throw new FramehubClientError('CLIENT_NOT_CONNECTED', 'there is no connection: wait for the event `up`');
    return this.#requests.ask(camera, question, options);
  }

  #sendSubscribe(id: number, { camera, options }: FrameSubscription): void {
    const { credit = DEFAULT_CREDIT, signal: _, ...frameOptions } = options;
    this.#connection.send({ op: 'subscribe', id, camera, credit, ...frameOptions });
  }

  #onUp(): void {
    this.#clock.reset();
    this.#clockSync.start();
    for (const [id, subscription] of this.#subscriptions) this.#sendSubscribe(id, subscription);
    this.#events.emit('up', undefined);
  }

  #onDown(error: FramehubClientError): void {
    this.#clockSync.stop();
    this.#requests.rejectAll(error);
    this.#events.emit('down', error);
  }

  #receiveFrame(data: ArrayBuffer): void {
    const received = readFrame(data);
    const subscription = received && this.#subscriptions.get(received.subscription);
    // A frame may have been on its way when its subscription was closed.
    if (!received || !subscription) return;
    const { subscription: _, ...frame } = received;
    const age = this.#clock.serverNow() - frame.capturedAt;
    subscription.receive({ camera: subscription.camera, age, ...frame });
  }

  #receive(message: ServerMessage): void {
    switch (message.op) {
      case 'hello':
        this.#canControl = message.canControl;
        this.#setCameras(message.cameras);
        return;
      case 'cameras':
        this.#resubscribe(message.cameras);
        this.#setCameras(message.cameras);
        return;
      case 'status':
        this.#updateCameras((camera) => (camera.name === message.camera.name ? message.camera : camera));
        return;
      case 'stats':
        this.#updateCameras((camera) => withStats(camera, message.cameras[camera.name]));
        return;
      case 'time':
        this.#clock.addSample(message.sent, message.time);
        return;
      case 'response':
        this.#requests.resolve(message);
        return;
      case 'error':
        this.#receiveError(message);
        return;
      case 'ended': {
        const error = new FramehubClientError('CLIENT_CAMERA_LEFT', `camera ${message.camera} was removed`);
        this.#subscriptions.get(message.id)?.fail(error);
        return;
      }
      case 'controls':
        this.#events.emit('controls', message);
        return;
      case 'settings':
        this.#events.emit('settings', message);
    }
  }

  #setCameras(cameras: readonly CameraInfo[]): void {
    this.#cameras = cameras;
    this.#events.emit('cameras', cameras);
  }

  #updateCameras(update: (camera: CameraInfo) => CameraInfo): void {
    this.#setCameras(this.#cameras.map(update));
  }

  /** Renews the subscriptions of cameras that were added. */
  #resubscribe(cameras: readonly CameraInfo[]): void {
    const known = new Set(this.#cameras.map(({ name }) => name));
    const added = new Set(cameras.map(({ name }) => name).filter((name) => !known.has(name)));
    for (const [id, subscription] of this.#subscriptions)
      if (added.has(subscription.camera)) this.#sendSubscribe(id, subscription);
  }

  #receiveError({ code, message, requestId, id }: Extract<ServerMessage, { op: 'error' }>): void {
    // Sent twice: the camera was added while the first message was on its way.
    if (code === 'WS_SUBSCRIPTION_EXISTS') return;
    const error = new FramehubClientError(code, message);
    if (requestId !== undefined) this.#requests.reject(requestId, error);
    else if (id !== undefined) this.#subscriptions.get(id)?.fail(error);
  }
}

function withStats(camera: CameraInfo, stats: readonly [fps: number, viewers: number] | undefined): CameraInfo {
  if (!stats) return camera;
  const [measured, viewers] = stats;
  return { ...camera, viewers, fps: { ...camera.fps, measured } };
}

import type { Subscription } from '@framehub/frame/async';
import type { CameraInfo } from '@framehub/frame/protocol';
import type { Statistics } from '../statistics.js';
import type { SubscribeOptions } from '../subscription.js';
import { HttpTransport } from './http-transport.js';
import { type SharedClient, shareClient } from './shared-clients.js';
import { WebSocketTransport } from './websocket-transport.js';

/** Failed connections in a row after which frames are requested over HTTP. */
const MAX_FAILURES = 2;

/** How frames arrive. */
export type Transport = 'websocket' | 'stream' | 'snapshots' | 'none';

/** The state of the camera, or why it shows no frames. */
export type ViewState = CameraInfo['state'] | 'connecting' | 'offline' | 'unknown' | 'refused';

export interface PlayerOptions {
  /** Any address of the hub. */
  readonly server: string;
  /** Name of the camera, or undefined for the first one. */
  readonly camera: string | undefined;
  readonly subscribe: SubscribeOptions;
}

/** Where frames are shown. */
export interface Screen {
  readonly canvas: HTMLCanvasElement;
  /** Shows an image in place of the canvas, or the canvas again. */
  show(image: HTMLImageElement | undefined): void;
}

/** Shows the frames of one camera on a screen until it is closed: over a WebSocket, or over HTTP if that fails. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #screen: Screen;
  readonly #onChange: () => void;
  readonly #shared: SharedClient;
  readonly #listeners: readonly Subscription[];
  #webSocket: WebSocketTransport | undefined;
  #http: HttpTransport | undefined;
  #closed = false;

  /** @param onChange called when state or transport may have changed */
  constructor(options: PlayerOptions, screen: Screen, onChange: () => void) {
    this.#options = options;
    this.#screen = screen;
    this.#onChange = onChange;
    this.#shared = shareClient(options.server);
    const { client } = this.#shared;
    client.connectNow();
    this.#listeners = [
      // The client renews all subscriptions after this event: a new one would be requested twice.
      client.on('cameras', () => queueMicrotask(() => this.#subscribe())),
      client.on('up', () => this.#onUp()),
      client.on('down', () => this.#onDown()),
    ];
    if (this.#shared.failures > 0) this.#onDown();
    this.#subscribe();
  }

  /** The camera, as last reported. */
  get info(): CameraInfo | undefined {
    if (this.#http) return this.#http.info;
    const { cameras } = this.#shared.client;
    const { camera } = this.#options;
    return camera === undefined ? cameras[0] : cameras.find(({ name }) => name === camera);
  }

  get state(): ViewState {
    if (this.#http) return stateOf(this.#http);
    if (!this.#shared.client.connected) return this.#shared.failures > 0 ? 'offline' : 'connecting';
    if (!this.info) return 'unknown';
    return this.refusal === undefined ? this.info.state : 'refused';
  }

  /** Message of the hub that refused the frames; undefined if it did not. */
  get refusal(): string | undefined {
    return this.#http ? undefined : this.#webSocket?.refusal;
  }

  get transport(): Transport {
    if (this.#http) return this.#http.transport;
    return this.#shared.client.connected ? 'websocket' : 'none';
  }

  /** Undefined where frames arrive over HTTP. */
  get statistics(): Statistics | undefined {
    return this.#http ? undefined : this.#webSocket?.statistics;
  }

  /** Milliseconds from capture to painting, or the present age of an overdue frame; undefined where it is unknown. */
  get age(): number | undefined {
    return this.#http ? undefined : this.#webSocket?.ageAt(this.info?.fps.nominal ?? 30);
  }

  close(): void {
    this.#closed = true;
    for (const listener of this.#listeners) listener.close();
    this.#closeHttp();
    this.#webSocket?.close();
    this.#shared.close();
  }

  /** Subscribes as soon as the name of the camera is known. */
  #subscribe(): void {
    if (this.#closed) return;
    const camera = this.info?.name;
    if (camera !== undefined && this.#webSocket?.camera !== camera) {
      this.#webSocket?.close();
      this.#webSocket = new WebSocketTransport({
        client: this.#shared.client,
        camera,
        subscribe: this.#options.subscribe,
        canvas: this.#screen.canvas,
        onChange: this.#onChange,
      });
    }
    this.#onChange();
  }

  #onDown(): void {
    if (this.#shared.failures >= MAX_FAILURES && !this.#http) {
      const { server, camera, subscribe } = this.#options;
      const show = (image: HTMLImageElement): void => this.#screen.show(image);
      this.#http = new HttpTransport(server, camera, subscribe, { show, onChange: this.#onChange });
    }
    this.#onChange();
  }

  #onUp(): void {
    this.#closeHttp();
    this.#onChange();
  }

  #closeHttp(): void {
    if (!this.#http) return;
    this.#http.close();
    this.#http = undefined;
    this.#screen.show(undefined);
  }
}

/** A live camera is not reported as live while none of its frames arrives. */
function stateOf({ info, hubAnswers, showing }: HttpTransport): ViewState {
  if (!info) return hubAnswers ? 'connecting' : 'offline';
  return info.state === 'live' && !showing ? 'connecting' : info.state;
}

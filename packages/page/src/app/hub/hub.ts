import type { CameraControl, CameraInfo, ClientEvents, FramehubClient, Subscription } from '@framehub/client';
import { shareClient } from '@framehub/client/element';
import { useEffect, useState } from 'preact/hooks';
import { base, fetchCameras, fetchControls } from './api.js';

/** Failed connections in a row after which the list of cameras is polled over HTTP. */
const MAX_FAILURES = 2;
const POLL_INTERVAL_MS = 2000;

/**
 * - `connecting`: nothing has been received yet
 * - `live`: a WebSocket is open
 * - `polling`: no WebSocket gets through; the hub is polled
 * - `lost`: the hub does not answer
 */
export type Link = 'connecting' | 'live' | 'polling' | 'lost';

export interface HubState {
  readonly link: Link;
  readonly cameras: readonly CameraInfo[];
  /** Whether settings may be changed from here, as far as is known. */
  readonly canControl: boolean;
}

/** State of the hub: over the WebSocket that frames arrive by, or polled over HTTP without one. Emits `change`. */
class Hub extends EventTarget {
  readonly #shared = shareClient(base);
  #state: HubState = { link: 'connecting', cameras: [], canControl: true };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const { client } = this.#shared;
    client.on('up', () => this.#onUp(client));
    client.on('cameras', (cameras) => this.#set({ cameras }));
    client.on('down', () => this.#onDown());
  }

  get state(): HubState {
    return this.#state;
  }

  on<K extends keyof ClientEvents>(name: K, listener: (event: ClientEvents[K]) => void): Subscription {
    return this.#shared.client.on(name, listener);
  }

  /** @throws `CAPTURE_NO_CONTROLS` where there are none */
  readControls(camera: string): Promise<readonly CameraControl[]> {
    const { client } = this.#shared;
    // Over HTTP, the browser would log an error for a camera without controls.
    return client.connected ? client.controls(camera) : fetchControls(camera);
  }

  #onUp(client: FramehubClient): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#set({ link: 'live', cameras: client.cameras, canControl: client.canControl });
  }

  #onDown(): void {
    if (this.#state.link === 'live') this.#set({ link: 'lost' });
    if (this.#shared.failures >= MAX_FAILURES && this.#timer === undefined) void this.#poll();
  }

  async #poll(): Promise<void> {
    this.#timer = setTimeout(() => void this.#poll(), POLL_INTERVAL_MS);
    const timer = this.#timer;
    const cameras = document.hidden ? this.#state.cameras : await fetchCameras().catch(() => undefined);
    // The connection was opened, or a later request was faster.
    if (timer !== this.#timer) return;
    this.#set(cameras ? { link: 'polling', cameras, canControl: true } : { link: 'lost' });
  }

  #set(change: Partial<HubState>): void {
    this.#state = { ...this.#state, ...change };
    this.dispatchEvent(new Event('change'));
  }
}

export const hub = new Hub();

/** The present state of the hub; renders again when it changes. */
export function useHub(): HubState {
  const [state, setState] = useState(hub.state);
  useEffect(() => {
    const update = (): void => setState(hub.state);
    update();
    hub.addEventListener('change', update);
    return () => hub.removeEventListener('change', update);
  }, []);
  return state;
}

import type { CameraControl, CameraInfo, ClientEvents, FramehubClient } from '@framehub/client';
import { borrowClient } from '@framehub/client/element';
import { base } from '../base.js';
import { fetchCameras, fetchControls } from './api.js';

/** Failures in a row after which the list of cameras is asked for instead of waited for. */
const PATIENCE = 2;
const POLL_EVERY = 2000;

/**
 * - `connecting`: nothing has been heard yet
 * - `live`: news come by themselves
 * - `polling`: no WebSocket gets through; the hub is asked again and again
 * - `lost`: the hub does not answer
 */
export type Link = 'connecting' | 'live' | 'polling' | 'lost';

export interface HubState {
  readonly link: Link;
  readonly cameras: readonly CameraInfo[];
  /** Whether settings may be changed from here, as far as is known. */
  readonly mayChange: boolean;
}

/** What this page knows of its hub: over the WebSocket that its pictures come by, or by asking where there is none. */
class Hub {
  readonly #borrowed = borrowClient(base);
  readonly #listeners = new Set<() => void>();
  #state: HubState = { link: 'connecting', cameras: [], mayChange: true };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const { client } = this.#borrowed;
    client.on('up', () => this.#up(client));
    client.on('cameras', (cameras) => this.#set({ cameras }));
    client.on('down', () => this.#down());
  }

  get state(): HubState {
    return this.#state;
  }

  /** Calls back after each change. Returns a function that ends it. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  on<K extends keyof ClientEvents>(name: K, listener: (event: ClientEvents[K]) => void): () => void {
    return this.#borrowed.client.on(name, listener);
  }

  /** Rejects with `CAPTURE_NO_CONTROLS` where there are none. */
  readControls(camera: string): Promise<readonly CameraControl[]> {
    const { client } = this.#borrowed;
    // A refusal over HTTP stands in the browser's console, and having none is no fault.
    return client.connected ? client.controls(camera) : fetchControls(camera);
  }

  #up(client: FramehubClient): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#set({ link: 'live', cameras: client.cameras, mayChange: client.mayChange });
  }

  #down(): void {
    if (this.#state.link === 'live') this.#set({ link: 'lost' });
    if (this.#borrowed.failures >= PATIENCE && this.#timer === undefined) void this.#poll();
  }

  async #poll(): Promise<void> {
    this.#timer = setTimeout(() => void this.#poll(), POLL_EVERY);
    const timer = this.#timer;
    const cameras = document.hidden ? this.#state.cameras : await fetchCameras().catch(() => undefined);
    // The connection came back, or a later question was quicker.
    if (timer !== this.#timer) return;
    this.#set(cameras ? { link: 'polling', cameras, mayChange: true } : { link: 'lost' });
  }

  #set(change: Partial<HubState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}

export const hub = new Hub();

import type { FramehubClient } from '../client.js';
import type { Picture } from '../picture.js';
import type { CameraInfo } from '../protocol.js';
import type { Statistics } from '../statistics.js';
import type { SubscribeOptions, Subscription } from '../subscription.js';
import { defaultServer } from './default-server.js';
import { Painter } from './painter.js';
import { PlanB } from './plan-b.js';
import { borrowClient, returnClient } from './shared-clients.js';
import { STYLE } from './style.js';
import { Visibility } from './visibility.js';

/** Failures in a row, without a word from the server, after which pictures are had otherwise. */
const PATIENCE = 2;
/** Milliseconds. An older picture is marked as such. */
const OLD = 1500;
const LOOK_EVERY = 500;

const WISHES = ['max-fps', 'width', 'quality', 'rotate', 'flip', 'credit'] as const;

/** How pictures come. */
export type Transport = 'websocket' | 'stream' | 'snapshots' | 'none';

/**
 * `<framehub-view camera="garage" max-fps="10">`: the live picture of a camera. Paused while nobody can see it.
 *
 * Attributes: `camera` (a name; else the first), `src` (the hub's address; else where this script came from), `max-fps`,
 * `width`, `quality`, `rotate`, `flip`, `credit`. Reflects `state` (the camera's, or `connecting`, `offline`, `paused`) and
 * `transport`, and tells of them by the event `framehub-state`.
 */
export class FramehubView extends HTMLElement {
  static readonly observedAttributes = ['camera', 'src', ...WISHES];

  readonly #canvas = document.createElement('canvas');
  readonly #image = document.createElement('img');
  readonly #note = document.createElement('p');
  #visibility: Visibility | undefined;
  #client: FramehubClient | undefined;
  #off: readonly (() => void)[] = [];
  #subscription: Subscription | undefined;
  #painter: Painter | undefined;
  #planB: PlanB | undefined;
  #visible = false;
  #failures = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    const style = document.createElement('style');
    style.textContent = STYLE;
    this.#canvas.part.add('picture');
    this.#image.part.add('picture');
    this.#image.hidden = true;
    this.#note.part.add('note');
    this.#note.setAttribute('role', 'status');
    this.attachShadow({ mode: 'open' }).append(style, this.#canvas, this.#image, this.#note);
  }

  /** What is known of the camera. */
  get info(): CameraInfo | undefined {
    const cameras = this.#client?.cameras ?? [];
    const name = this.getAttribute('camera');
    return name === null ? cameras[0] : cameras.find((camera) => camera.name === name);
  }

  get transport(): Transport {
    return (this.getAttribute('transport') ?? 'none') as Transport;
  }

  get statistics(): Statistics | undefined {
    return this.#subscription?.statistics();
  }

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.setAttribute('role', 'img');
    this.#visibility = new Visibility(this, (visible) => {
      this.#visible = visible;
      if (visible) this.#start();
      else this.#stop();
    });
    this.#tell();
  }

  disconnectedCallback(): void {
    this.#visibility?.close();
    this.#visible = false;
    this.#stop();
  }

  attributeChangedCallback(): void {
    if (!this.#visible) return;
    this.#stop();
    this.#start();
  }

  #start(): void {
    const client = borrowClient(this.getAttribute('src') ?? defaultServer());
    this.#client = client;
    client.hurry();
    this.#off = [
      client.on('cameras', () => this.#subscribe()),
      client.on('up', () => {
        this.#failures = 0;
        this.#endPlanB();
      }),
      client.on('down', () => {
        this.#failures += 1;
        if (this.#failures >= PATIENCE) this.#beginPlanB();
        this.#tell();
      }),
    ];
    this.#timer = setInterval(() => this.#tell(), LOOK_EVERY);
    this.#subscribe();
  }

  #stop(): void {
    clearInterval(this.#timer);
    for (const off of this.#off) off();
    this.#off = [];
    this.#endPlanB();
    this.#painter?.close();
    this.#subscription?.close();
    this.#subscription = undefined;
    if (this.#client) returnClient(this.#client);
    this.#client = undefined;
    this.#tell();
  }

  /** As soon as the camera is known: without a name it is the first, whichever that is. */
  #subscribe(): void {
    const camera = this.info?.name;
    this.#tell();
    if (!this.#client || camera === undefined || this.#subscription?.camera === camera) return;
    this.#subscription?.close();
    this.#painter?.close();
    const subscription = this.#client.subscribe(camera, this.#wishes());
    this.#painter = new Painter(this.#canvas, (picture: Picture) => subscription.done(picture));
    subscription.on('picture', (picture) => this.#painter?.show(picture));
    this.#subscription = subscription;
  }

  #wishes(): SubscribeOptions {
    const wishes = WISHES.flatMap((name) => {
      const value = this.getAttribute(name);
      if (value === null) return [];
      const key = name === 'max-fps' ? 'maxFps' : name;
      return [[key, name === 'flip' ? value : Number(value)] as const];
    });
    return Object.fromEntries(wishes);
  }

  #beginPlanB(): void {
    if (this.#planB || !this.#visible) return;
    const camera = this.getAttribute('camera');
    const server = new URL(this.getAttribute('src') ?? defaultServer(), location.href);
    server.protocol = server.protocol.replace(/^ws/, 'http');
    const base = `${server.origin}${server.pathname.replace(/\/(ws)?$/, '')}`;
    const at = (verb: string): string => {
      const { credit: _, maxFps, ...rendition } = this.#wishes();
      const wishes = { ...rendition, ...(maxFps && verb === 'stream' && { fps: maxFps }) };
      const query = new URLSearchParams(Object.entries(wishes).map(([key, value]) => [key, String(value)]));
      return `${base}/${verb}${camera === null ? '' : `/${encodeURIComponent(camera)}`}?${query}`;
    };
    this.#image.hidden = false;
    this.#planB = new PlanB(this.#image, { stream: at('stream'), snapshot: at('snapshot') }, (transport) =>
      this.#tell(transport),
    );
  }

  #endPlanB(): void {
    this.#planB?.close();
    this.#planB = undefined;
    this.#image.hidden = true;
  }

  #tell(transport: Transport = this.#presentTransport()): void {
    const state = this.#presentState();
    const changed = this.getAttribute('state') !== state || this.getAttribute('transport') !== transport;
    const name = this.info?.name ?? this.getAttribute('camera') ?? 'camera';
    const note = this.#words(state);
    if (this.#note.textContent !== note) this.#note.textContent = note;
    if (!changed) return;
    this.setAttribute('state', state);
    this.setAttribute('transport', transport);
    this.setAttribute('aria-label', `${name}, ${state}`);
    this.dispatchEvent(new CustomEvent('framehub-state', { detail: { state, transport }, bubbles: true }));
  }

  #presentTransport(): Transport {
    if (this.#planB) return this.transport;
    return this.#client?.connected ? 'websocket' : 'none';
  }

  #presentState(): string {
    if (!this.#visible) return 'paused';
    if (!this.#client?.connected) return this.#failures > 0 ? 'offline' : 'connecting';
    return this.info?.state ?? 'unknown';
  }

  /** What a picture alone does not tell. */
  #words(state: string): string {
    if (state === 'offline') return this.#planB ? '' : 'no connection';
    if (state === 'unknown') return `there is no camera ${this.getAttribute('camera') ?? ''}`;
    if (state !== 'live') return '';
    if (this.info?.frozenSince) return 'frozen';
    const age = this.#subscription?.statistics().age ?? 0;
    return age > OLD ? `${(age / 1000).toFixed(1)} s old` : '';
  }
}

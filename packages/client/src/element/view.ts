import type { CameraInfo } from '../protocol.js';
import type { Statistics } from '../statistics.js';
import { defaultServer } from './default-server.js';
import { Feed, type FeedOptions, type Screen, type Transport, type ViewState } from './feed.js';
import { styleSheet } from './style.js';
import { Visibility } from './visibility.js';
import { AttributeError, serverOf, WISHES, wishesOf } from './wishes.js';

/** Milliseconds. An older picture is marked as such. */
const OLD = 1500;
const LOOK_EVERY = 500;

/** Node has no elements; there the class can be imported, by pages that are rendered on a server, and no more. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * `<framehub-view camera="garage" max-fps="10">`: the live picture of a camera. Paused while nobody can see it.
 *
 * Attributes: `camera` (a name; else the first), `src` (the hub's address; else where this script came from), `max-fps`,
 * `width`, `quality`, `rotate`, `flip`, `credit`. Reflects `state` (the camera's, or `connecting`, `offline`, `unknown`,
 * `refused`, `paused`) and `transport` (`websocket`, `stream`, `snapshots`, `none`), and tells of them by the event `framehub-state`.
 * `--framehub-fit: cover` fills the element instead of fitting the picture into it; `::part(picture)` and `::part(note)`
 * are what can be styled.
 */
export class FramehubView extends Base {
  static readonly observedAttributes = ['camera', 'src', ...WISHES];

  readonly #internals = this.attachInternals();
  readonly #canvas = document.createElement('canvas');
  readonly #note = document.createElement('p');
  #image: HTMLImageElement | undefined;
  #visibility: Visibility | undefined;
  #feed: Feed | undefined;
  /** Which attribute is wrong. Nothing is asked for until it is another. */
  #wrong: string | undefined;
  #renewing = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.#internals.role = 'img';
    // Until the first picture tells the shape.
    this.#canvas.width = 1280;
    this.#canvas.height = 720;
    this.#canvas.part.add('picture');
    this.#note.part.add('note');
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styleSheet()];
    root.append(this.#canvas, this.#note);
  }

  /** What is known of the camera. */
  get info(): CameraInfo | undefined {
    return this.#feed?.info;
  }

  get state(): ViewState | 'paused' {
    return this.#wrong === undefined ? (this.#feed?.state ?? 'paused') : 'refused';
  }

  get transport(): Transport {
    return this.#feed?.transport ?? 'none';
  }

  /** Of the pictures since the element was seen last; undefined where they come as a stream or snapshots. */
  get statistics(): Statistics | undefined {
    return this.#feed?.statistics;
  }

  /** Milliseconds that the picture is old; undefined where that is not known. */
  get age(): number | undefined {
    return this.#feed?.age;
  }

  connectedCallback(): void {
    this.#visibility = new Visibility(this, (visible) => (visible ? this.#start() : this.#stop()));
    this.#tell();
  }

  disconnectedCallback(): void {
    this.#visibility?.close();
    this.#stop();
  }

  /** Attributes often come several at a time. */
  attributeChangedCallback(): void {
    if (this.#timer === undefined || this.#renewing) return;
    this.#renewing = true;
    queueMicrotask(() => {
      this.#renewing = false;
      if (this.#timer !== undefined) this.#open();
    });
  }

  #start(): void {
    this.#timer = setInterval(() => this.#tell(), LOOK_EVERY);
    this.#open();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#feed?.close();
    this.#feed = undefined;
    this.#wrong = undefined;
    this.#tell();
  }

  #open(): void {
    const before = this.#feed;
    const options = this.#optionsOrWrong();
    const screen: Screen = { canvas: this.#canvas, show: (image) => this.#show(image) };
    this.#feed = options && new Feed(options, screen, () => this.#tell());
    // Only now: the connection that both borrow is not to end in between.
    before?.close();
    this.#tell();
  }

  /** What the attributes ask for. Undefined when one is wrong, which is told then. */
  #optionsOrWrong(): FeedOptions | undefined {
    this.#wrong = undefined;
    try {
      return {
        server: serverOf(this) ?? defaultServer(),
        camera: this.getAttribute('camera') ?? undefined,
        wishes: wishesOf(this),
      };
    } catch (error) {
      if (!(error instanceof AttributeError)) throw error;
      this.#wrong = error.message;
      console.warn(`framehub-view: ${error.message}`);
      return undefined;
    }
  }

  #show(image: HTMLImageElement | undefined): void {
    this.#image?.remove();
    this.#image = image;
    this.#canvas.hidden = image !== undefined;
    if (!image) return;
    image.part.add('picture');
    image.alt = '';
    this.#canvas.after(image);
  }

  #tell(): void {
    const { state, transport } = this;
    const note = this.#noteFor(state);
    if (this.#note.textContent !== note) this.#note.textContent = note;
    const name = this.info?.name ?? this.getAttribute('camera') ?? 'camera';
    this.#internals.ariaLabel = [name, state, note].filter((word) => word !== '').join(', ');
    const before = this.getAttribute('state');
    if (before === state && this.getAttribute('transport') === transport) return;
    this.setAttribute('state', state);
    this.setAttribute('transport', transport);
    // To be put into a page is no news, and the page may be in the middle of it.
    if (before === null) return;
    this.dispatchEvent(new CustomEvent('framehub-state', { detail: { state, transport }, bubbles: true }));
  }

  /** What a picture alone does not tell. */
  #noteFor(state: string): string {
    if (state === 'offline') return 'no connection';
    if (state === 'refused') return this.#wrong ?? this.#feed?.refusal ?? '';
    if (state === 'unknown') return `there is no camera ${this.getAttribute('camera') ?? ''}`.trim();
    if (state === 'connecting' && this.transport === 'snapshots') return 'no picture gets through';
    if (state !== 'live') return '';
    if (this.info?.frozenSince) return 'frozen';
    const age = this.age ?? 0;
    return age > OLD ? `${(age / 1000).toFixed(1)} s old` : '';
  }
}

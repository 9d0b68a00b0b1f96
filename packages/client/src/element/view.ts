import type { CameraInfo } from '@framehub/frame/protocol';
import type { Statistics } from '../statistics.js';
import { AttributeError, OPTION_ATTRIBUTES, readServer, readSubscribeOptions } from './attributes.js';
import { Player, type PlayerOptions, type Screen, type Transport, type ViewState } from './player.js';

/** Milliseconds. An older frame is marked with its age. */
const OLD_MS = 1500;
const REFRESH_INTERVAL_MS = 500;

/**
 * The canvas is in the flow: without a height of its own the element has the shape of the frame; with one, or with a
 * greatest one, the frame is fitted into it.
 */
const STYLE = `
:host { display: block; position: relative; overflow: hidden; background: #14171a; color: #fff;
  font: 500 13px/1.4 system-ui, sans-serif; }
:host([hidden]), [hidden] { display: none; }
canvas, img { display: block; width: 100%; height: 100%; max-height: inherit; object-fit: var(--framehub-fit, contain); }
:host(:is([state="offline"], [state="refused"])) :is(canvas, img) { opacity: 0.4; }
p { position: absolute; inset: auto 0 0 auto; max-width: calc(100% - 12px); box-sizing: border-box; margin: 6px;
  padding: 2px 9px; border-radius: 11px; background: rgb(0 0 0 / 70%); font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; max-height: calc(100% - 12px); overflow: hidden; }
p:empty { display: none; }
`;

let sheet: CSSStyleSheet | undefined;

/** Shared by all elements. Not a `<style>`, which the policies of some pages forbid. */
function styleSheet(): CSSStyleSheet {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  return sheet;
}

/** Where this script was loaded from, which is the hub; without a password that the address may have. */
function scriptServer(): string {
  const { origin, pathname } = new URL('.', import.meta.url);
  return origin + pathname;
}

/** Observes whether an element can be seen: within the window, in the tab in front. */
class Visibility {
  readonly #onChange: (visible: boolean) => void;
  readonly #observer: IntersectionObserver;
  #intersects = false;
  #visible = false;

  constructor(element: Element, onChange: (visible: boolean) => void) {
    this.#onChange = onChange;
    this.#observer = new IntersectionObserver((entries) => {
      this.#intersects = entries.at(-1)?.isIntersecting ?? false;
      this.#update();
    });
    this.#observer.observe(element);
    document.addEventListener('visibilitychange', this.#update);
  }

  close(): void {
    this.#observer.disconnect();
    document.removeEventListener('visibilitychange', this.#update);
  }

  readonly #update = (): void => {
    const visible = this.#intersects && document.visibilityState === 'visible';
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#onChange(visible);
  };
}

/** Node has no elements: there the class can only be imported, as a page that is rendered on a server does. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * `<framehub-view camera="garage" fps="10">`: the live frames of a camera. Paused while it cannot be seen.
 *
 * Attributes: `camera` (its name; default: the first one), `src` (address of the hub; default: where this script was
 * loaded from), `fps`, `width`, `quality`, `rotate`, `flip`, `credit`. Sets its attributes `state` (that of the camera, or
 * `connecting`, `offline`, `unknown`, `refused`, `paused`) and `transport` (`websocket`, `stream`, `snapshots`, `none`),
 * and fires `framehub-state` when one of them changes. `--framehub-fit: cover` fills the element instead of fitting the
 * frame into it. `::part(image)` and `::part(note)` can be styled.
 */
export class FramehubView extends Base {
  static readonly observedAttributes = ['camera', 'src', ...OPTION_ATTRIBUTES];

  readonly #internals = this.attachInternals();
  readonly #canvas = document.createElement('canvas');
  readonly #note = document.createElement('p');
  #image: HTMLImageElement | undefined;
  #visibility: Visibility | undefined;
  #player: Player | undefined;
  /** Message for an invalid attribute. Nothing is requested until it changes. */
  #attributeError: string | undefined;
  #reopening = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.#internals.role = 'img';
    // The shape until the first frame.
    this.#canvas.width = 1280;
    this.#canvas.height = 720;
    this.#canvas.part.add('image');
    this.#note.part.add('note');
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styleSheet()];
    root.append(this.#canvas, this.#note);
  }

  /** The camera, as last reported; undefined while it is unknown. */
  get info(): CameraInfo | undefined {
    return this.#player?.info;
  }

  /** As the attribute `state`. */
  get state(): ViewState | 'paused' {
    return this.#attributeError === undefined ? (this.#player?.state ?? 'paused') : 'refused';
  }

  /** As the attribute `transport`. */
  get transport(): Transport {
    return this.#player?.transport ?? 'none';
  }

  /** Of the frames painted since the element became visible; undefined where they arrive over HTTP. */
  get statistics(): Statistics | undefined {
    return this.#player?.statistics;
  }

  /** Milliseconds from capture to painting, or the present age of an overdue frame; undefined where it is unknown. */
  get age(): number | undefined {
    return this.#player?.age;
  }

  /** For the browser. */
  connectedCallback(): void {
    this.#visibility = new Visibility(this, (visible) => (visible ? this.#start() : this.#stop()));
    this.#refresh();
  }

  /** For the browser. */
  disconnectedCallback(): void {
    this.#visibility?.close();
    this.#stop();
  }

  /** For the browser, which calls it for each of several attributes that change at a time. */
  attributeChangedCallback(): void {
    if (this.#timer === undefined || this.#reopening) return;
    this.#reopening = true;
    queueMicrotask(() => {
      this.#reopening = false;
      if (this.#timer !== undefined) this.#open();
    });
  }

  #start(): void {
    this.#timer = setInterval(() => this.#refresh(), REFRESH_INTERVAL_MS);
    this.#open();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#player?.close();
    this.#player = undefined;
    this.#attributeError = undefined;
    this.#refresh();
  }

  #open(): void {
    const previous = this.#player;
    const options = this.#readOptions();
    const screen: Screen = { canvas: this.#canvas, show: (image) => this.#show(image) };
    this.#player = options && new Player(options, screen, () => this.#refresh());
    // After the new one was opened, so that the connection that both share stays open.
    previous?.close();
    this.#refresh();
  }

  /** @returns undefined if an attribute is invalid, which is shown then */
  #readOptions(): PlayerOptions | undefined {
    this.#attributeError = undefined;
    try {
      return {
        server: readServer(this) ?? scriptServer(),
        camera: this.getAttribute('camera') ?? undefined,
        subscribe: readSubscribeOptions(this),
      };
    } catch (error) {
      if (!(error instanceof AttributeError)) throw error;
      this.#attributeError = error.message;
      console.warn(`framehub-view: ${error.message}`);
      return undefined;
    }
  }

  #show(image: HTMLImageElement | undefined): void {
    this.#image?.remove();
    this.#image = image;
    this.#canvas.hidden = image !== undefined;
    if (!image) return;
    image.part.add('image');
    image.alt = '';
    this.#canvas.after(image);
  }

  #refresh(): void {
    const { state, transport } = this;
    const note = this.#noteFor(state);
    if (this.#note.textContent !== note) this.#note.textContent = note;
    const name = this.info?.name ?? this.getAttribute('camera') ?? 'camera';
    this.#internals.ariaLabel = [name, state, note].filter((text) => text !== '').join(', ');
    const previous = this.getAttribute('state');
    if (previous === state && this.getAttribute('transport') === transport) return;
    this.setAttribute('state', state);
    this.setAttribute('transport', transport);
    // No event for an element that was just added to the page.
    if (previous === null) return;
    this.dispatchEvent(new CustomEvent('framehub-state', { detail: { state, transport }, bubbles: true }));
  }

  /** What the frame alone does not show. */
  #noteFor(state: string): string {
    if (state === 'offline') return 'no connection';
    if (state === 'refused') return this.#attributeError ?? this.#player?.refusal ?? '';
    if (state === 'unknown') return `there is no camera ${this.getAttribute('camera') ?? ''}`.trim();
    if (state === 'connecting' && this.transport === 'snapshots') return 'no image gets through';
    if (state !== 'live') return '';
    if (this.info?.frozenSince) return 'frozen';
    const age = this.age ?? 0;
    return age > OLD_MS ? `${(age / 1000).toFixed(1)} s old` : '';
  }
}

import { type Hub, type HubEvent, reportControls, reportSettings, type Subscription } from '@framehub/frame';
import type { CameraInfo, CameraStats, ServerMessage } from '@framehub/frame/protocol';
import type { Connection } from './connection.js';
import { reportCamera, type UpdateMessage } from './messages.js';

/** Milliseconds between two `stats` messages: measured frames per second, and viewers. */
const STATS_INTERVAL_MS = 2000;

/** Sends camera events to all connections: changes at once, and `stats` at regular times while there are connections. */
export class Broadcaster {
  readonly #hub: Hub;
  readonly #viewersOf: (camera: string) => number;
  readonly #connections = new Set<Connection>();
  readonly #events: Subscription;
  #timer: NodeJS.Timeout | undefined;
  #lastStats = '';

  constructor(hub: Hub, viewersOf: (camera: string) => number) {
    this.#hub = hub;
    this.#viewersOf = viewersOf;
    this.#events = hub.subscribe((event) => this.#broadcast(event));
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
    this.#timer ??= setInterval(() => this.#sendStats(), STATS_INTERVAL_MS);
  }

  remove(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#stopStats();
  }

  close(): void {
    this.#events.close();
    this.#stopStats();
  }

  /** All cameras with their present state. */
  cameras(): readonly CameraInfo[] {
    return this.#hub.cameras().map((view) => reportCamera(view, this.#viewersOf(view.name)));
  }

  #stopStats(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sendStats(): void {
    const cameras: CameraStats = Object.fromEntries(
      this.#hub.cameras().map((view) => {
        const fps = Math.round(view.status().fps.measured * 10) / 10;
        return [view.name, [fps, this.#viewersOf(view.name)] as const];
      }),
    );
    const message: UpdateMessage = { op: 'stats', cameras };
    const text = JSON.stringify(message);
    if (text !== this.#lastStats) this.#sendUpdate(message, text);
    this.#lastStats = text;
  }

  #broadcast(event: HubEvent): void {
    if (event.type === 'cameras') {
      this.#sendCameras();
      return;
    }
    const message = this.#updateFor(event);
    if (message) this.#sendUpdate(message, JSON.stringify(message));
  }

  /** Not an update that a newer one replaces: clients learn from each list which cameras were added. */
  #sendCameras(): void {
    const present = new Set(this.#hub.cameras().map(({ name }) => name));
    for (const connection of this.#connections) connection.removeOthers(present);
    const message: ServerMessage = { op: 'cameras', cameras: this.cameras() };
    const text = JSON.stringify(message);
    for (const { messages } of this.#connections) messages.send(message, text);
  }

  #updateFor(event: Exclude<HubEvent, { type: 'cameras' }>): UpdateMessage | undefined {
    switch (event.type) {
      case 'state':
      case 'frozen': {
        const view = this.#hub.cameras().find(({ name }) => name === event.camera);
        return view && { op: 'status', camera: reportCamera(view, this.#viewersOf(view.name)) };
      }
      case 'settings':
        return { op: 'settings', camera: event.camera, settings: reportSettings(event.settings) };
      case 'controls': {
        const { camera, controls, changed, origin } = event;
        return { op: 'controls', camera, controls: reportControls(controls), changed, origin };
      }
    }
  }

  #sendUpdate(message: UpdateMessage, text: string): void {
    for (const { messages } of this.#connections) messages.update(message, text);
  }
}

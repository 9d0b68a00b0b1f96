import { type Hub, type HubEvent, reportControls, reportSettings, type Subscription } from '@framehub/frame';
import type { Connection } from './connection.js';
import {
  type Beat,
  type CameraReport,
  type News,
  reportCamera,
  type ServerMessage,
} from './protocol/server-messages.js';

/** Milliseconds between two beats: measured frames a second and viewers. */
const BEAT_EVERY = 2000;

/** Tells all connections what happens to cameras: events at once, and figures by a beat, while anybody listens. */
export class Announcements {
  readonly #hub: Hub;
  readonly #viewersOf: (camera: string) => number;
  readonly #connections = new Set<Connection>();
  readonly #listening: Subscription;
  #timer: NodeJS.Timeout | undefined;
  #lastBeat = '';

  constructor(hub: Hub, viewersOf: (camera: string) => number) {
    this.#hub = hub;
    this.#viewersOf = viewersOf;
    this.#listening = hub.subscribe((event) => this.#hear(event));
  }

  enter(connection: Connection): void {
    this.#connections.add(connection);
    this.#timer ??= setInterval(() => this.#beat(), BEAT_EVERY);
  }

  leave(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#rest();
  }

  close(): void {
    this.#listening.close();
    this.#rest();
  }

  /** All cameras, as they are now. */
  reports(): readonly CameraReport[] {
    return this.#hub.cameras().map((view) => reportCamera(view, this.#viewersOf(view.name)));
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    const figures = this.#hub.cameras().map((view) => {
      const fps = Math.round(view.status().fps.measured * 10) / 10;
      return [view.name, [fps, this.#viewersOf(view.name)] as const] as const;
    });
    const cameras: Beat = Object.fromEntries(figures);
    const news: News = { op: 'beat', cameras };
    const text = JSON.stringify(news);
    if (text !== this.#lastBeat) this.#tellAll(news, text);
    this.#lastBeat = text;
  }

  #hear(event: HubEvent): void {
    if (event.type === 'cameras') {
      this.#tellOfAnotherList();
      return;
    }
    const news = this.#newsOf(event);
    if (news) this.#tellAll(news, JSON.stringify(news));
  }

  /** Never left out: a client learns from it that a camera has come back. */
  #tellOfAnotherList(): void {
    const present = new Set(this.#hub.cameras().map(({ name }) => name));
    for (const connection of this.#connections) connection.camerasChanged(present);
    const message: ServerMessage = { op: 'cameras', cameras: this.reports() };
    const text = JSON.stringify(message);
    for (const { texts } of this.#connections) texts.say(message, text);
  }

  #newsOf(event: Exclude<HubEvent, { type: 'cameras' }>): News | undefined {
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

  #tellAll(news: News, text: string): void {
    for (const { texts } of this.#connections) texts.tell(news, text);
  }
}

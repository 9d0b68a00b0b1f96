import {
  type CameraControl,
  type CameraSettings,
  type CameraStatus,
  type CameraView,
  codeOf,
  type HubEvent,
} from '@framehub/frame';
import type { Context } from '../context.js';
import { type Component, discoveryOf } from '../homeassistant/discovery.js';
import { jsonMessage, stateMessage } from '../message.js';
import type { CameraSettingsPlan } from '../options.js';
import type { FitContext } from './fit.js';
import { LiveFrames } from './live-frames.js';
import { Snapshots } from './snapshots.js';
import { statsOf, viewersOf } from './stats.js';

/** One camera on the broker: what it tells by itself. */
export class Channel {
  readonly snapshots: Snapshots;
  /** Undefined where the configuration has none. */
  readonly live: LiveFrames | undefined;
  #available = false;
  readonly #announced: Record<string, Component> = {};
  #controlsKnown = false;
  #saidLowered = false;

  constructor(
    private readonly context: Context,
    readonly camera: CameraView,
    readonly plan: CameraSettingsPlan,
  ) {
    const fit: FitContext = {
      camera: camera.name,
      limit: () => context.pictureLimit(),
      quality: () => context.hub.quality,
      onLowered: (from, to) => this.#sayLowered(from, to),
    };
    this.snapshots = new Snapshots(context, camera, plan, fit);
    const { frames } = plan;
    this.live = frames && new LiveFrames(context, camera.name, { ...plan, frames }, fit);
  }

  start(): void {
    this.tellSettings(this.camera.settings());
    this.tellStatus(this.camera.status());
    this.snapshots.start();
  }

  /** @param gone the camera is no more, and the broker should forget it */
  close({ gone }: { readonly gone: boolean }): void {
    this.snapshots.close();
    this.live?.stop();
    const { outbox, topics } = this.context;
    if (gone) {
      outbox.clear(topics.of(this.camera.name).base);
      outbox.clear(discoveryOf(this.context, this.camera).topic);
    }
  }

  on(event: Exclude<HubEvent, { type: 'cameras' }>): void {
    if (event.type === 'settings') this.tellSettings(event.settings);
    else if (event.type === 'controls') this.#tellControls(event.controls);
    else this.tellStatus(event.status);
  }

  /** The connection is gone: who wanted frames will say so again. */
  offline(): void {
    this.live?.stop();
  }

  tellStatus(status: CameraStatus): void {
    const { outbox, topics, broker } = this.context;
    const { available, stats } = topics.of(this.camera.name);
    this.#available = isAvailable(status, this.#available);
    outbox.set(stateMessage(available, this.#available ? 'online' : 'offline'));
    outbox.set(jsonMessage(stats, statsOf(status, viewersOf(broker, this.camera.name))));
    if (status.state === 'live' && !this.#controlsKnown) void this.#readControls();
  }

  tellSettings({ enabled, profile }: CameraSettings): void {
    const { outbox, topics } = this.context;
    const names = topics.of(this.camera.name);
    outbox.set(stateMessage(names.enabled, enabled ? 'ON' : 'OFF'));
    outbox.set(stateMessage(names.profile, profile ?? 'None'));
    this.#tellHomeAssistant();
  }

  /** For who stops: the will would not say it of each camera. */
  sayOffline(): void {
    this.context.outbox.set(stateMessage(this.context.topics.of(this.camera.name).available, 'offline'));
  }

  #tellHomeAssistant(): void {
    if (!this.context.settings.homeassistant.enabled) return;
    const { topic, payload } = discoveryOf(this.context, this.camera);
    // An entity goes when only its platform is left of it.
    const components = { ...this.#announced, ...payload.components };
    for (const [key, { platform }] of Object.entries(payload.components)) this.#announced[key] = { platform };
    this.context.outbox.set(jsonMessage(topic, { ...payload, components }));
  }

  async #readControls(): Promise<void> {
    this.#controlsKnown = true;
    try {
      this.#tellControls(await this.camera.controls());
    } catch (error) {
      this.#controlsKnown = codeOf(error) === 'CAPTURE_NO_CONTROLS';
    }
  }

  #tellControls(controls: readonly CameraControl[]): void {
    const { outbox, topics } = this.context;
    const names = topics.of(this.camera.name);
    for (const { name, value } of controls) {
      if (value !== undefined && value !== '') outbox.set(stateMessage(names.control(name), String(value)));
    }
  }

  #sayLowered({ bytes, limit }: { bytes: number; limit: number }, to: object): void {
    if (this.#saidLowered) return;
    this.#saidLowered = true;
    const { name } = this.camera;
    this.context.settings.logger.info(
      { camera: name, bytes, limit, ...to },
      `pictures of ${name} are made smaller: the broker takes ${limit} bytes, and one had ${bytes}`,
    );
  }
}

/** A camera at rest wakes up when asked; one that starts is still what it was before. */
function isAvailable({ state }: CameraStatus, before: boolean): boolean {
  if (state === 'starting') return before;
  return state === 'live' || state === 'standby';
}

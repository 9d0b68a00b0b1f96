import type { FrameBus } from '@framehub/broker';
import {
  type CameraControl,
  type CameraSettings,
  type CameraStatus,
  type CameraView,
  codeOf,
  type HubEvent,
  type JpegFrame,
  parseJpegTopic,
  reportError,
} from '@framehub/frame';
import type { GatewayContext } from '../context.js';
import { type Component, discoveryOf } from '../home-assistant/discovery.js';
import { jsonMessage, stateMessage } from '../message.js';
import type { CameraPlanSettings } from '../options.js';
import type { CameraTopics } from '../topics.js';
import type { FrameFitterOptions } from './fit.js';
import { LiveFrames } from './live-frames.js';
import { Snapshots } from './snapshots.js';

/** Publishes one camera: its snapshots, live frames, state, settings and controls. */
export class CameraPublisher {
  readonly camera: CameraView;
  readonly snapshots: Snapshots;
  /** Undefined where the configuration has none. */
  readonly live: LiveFrames | undefined;
  readonly #context: GatewayContext;
  readonly #topics: CameraTopics;
  readonly #announced: Record<string, Component> = {};
  #available = false;
  #controlsKnown = false;
  #reductionLogged = false;

  constructor(context: GatewayContext, camera: CameraView, plan: CameraPlanSettings) {
    this.camera = camera;
    this.#context = context;
    this.#topics = context.topics.of(camera.name);
    const fitting: FrameFitterOptions = {
      camera: camera.name,
      maxBytes: () => context.maxFrameBytes(),
      quality: () => context.hub.quality,
      onReduced: (from, to) => this.#logReduction(from, to),
    };
    this.snapshots = new Snapshots(context, camera, plan, fitting);
    const { frames } = plan;
    this.live = frames && new LiveFrames(context, camera.name, { ...plan, frames }, fitting);
  }

  start(): void {
    this.#publishSettings(this.camera.settings());
    this.publishStatus(this.camera.status());
    this.snapshots.start();
  }

  /** @param removed the camera no longer exists: what the MQTT server retains of it is deleted */
  close({ removed }: { readonly removed: boolean }): void {
    this.snapshots.close();
    this.live?.stop();
    if (!removed) return;
    this.#context.outbox.clear(this.#topics.base);
    this.#context.outbox.clear(discoveryOf(this.#context, this.camera).topic);
  }

  handle(event: Exclude<HubEvent, { type: 'cameras' }>): void {
    if (event.type === 'settings') this.#publishSettings(event.settings);
    else if (event.type === 'controls') this.#publishControls(event.controls);
    else this.publishStatus(event.status);
  }

  publishStatus(status: CameraStatus): void {
    const { outbox, broker } = this.#context;
    this.#available = isAvailable(status, this.#available);
    outbox.set(stateMessage(this.#topics.available, this.#available ? 'online' : 'offline'));
    outbox.set(jsonMessage(this.#topics.stats, statsOf(status, viewersOf(broker, this.camera.name))));
    if (status.state === 'live' && !this.#controlsKnown) void this.#readControls();
  }

  /** Before the gateway closes: the last will covers only the gateway. */
  publishOffline(): void {
    this.#context.outbox.set(stateMessage(this.#topics.available, 'offline'));
  }

  #publishSettings({ enabled, profile }: CameraSettings): void {
    const { outbox, settings } = this.#context;
    outbox.set(stateMessage(this.#topics.enabled, enabled ? 'ON' : 'OFF'));
    outbox.set(stateMessage(this.#topics.profile, profile ?? 'None'));
    if (!settings.homeassistant.enabled) return;
    const { topic, payload } = discoveryOf(this.#context, this.camera);
    // A component with nothing but its platform removes the entity.
    const components = { ...this.#announced, ...payload.components };
    for (const [key, { platform }] of Object.entries(payload.components)) this.#announced[key] = { platform };
    outbox.set(jsonMessage(topic, { ...payload, components }));
  }

  async #readControls(): Promise<void> {
    this.#controlsKnown = true;
    try {
      this.#publishControls(await this.camera.controls());
    } catch (error) {
      this.#controlsKnown = codeOf(error) === 'CAPTURE_NO_CONTROLS';
    }
  }

  #publishControls(controls: readonly CameraControl[]): void {
    for (const { name, value } of controls) {
      if (value === undefined || value === '') continue;
      this.#context.outbox.set(stateMessage(this.#topics.control(name), String(value)));
    }
  }

  #logReduction({ bytes, limit }: { bytes: number; limit: number }, to: object): void {
    if (this.#reductionLogged) return;
    this.#reductionLogged = true;
    const { name } = this.camera;
    this.#context.settings.logger.info(
      { camera: name, bytes, limit, ...to },
      `frames of ${name} are reduced: the MQTT server takes ${limit} bytes, and one had ${bytes}`,
    );
  }
}

/** A camera in standby wakes up on demand; one that is starting keeps its availability. */
function isAvailable({ state }: CameraStatus, before: boolean): boolean {
  if (state === 'starting') return before;
  return state === 'live' || state === 'standby';
}

/** The payload of `…/stats`. */
function statsOf(status: CameraStatus, viewers: number): object {
  const { state, error, fps, frames, restarts, frozenSince, lastFrameAt } = status;
  return {
    state,
    fps: fps.nominal ?? null,
    fps_measured: Math.round(fps.measured * 10) / 10,
    viewers,
    frames: frames.captured,
    dropped: Object.values(frames.dropped).reduce((sum, count) => sum + count, 0),
    restarts,
    last_frame: isoTimeOrNull(lastFrameAt),
    frozen_since: isoTimeOrNull(frozenSince),
    problem: error !== undefined || frozenSince !== undefined || state === 'retrying',
    error: reportError(error),
  };
}

/** Subscriptions to a camera's frames, over all gateways. */
function viewersOf(broker: FrameBus<JpegFrame>, camera: string): number {
  return broker
    .topics()
    .filter(({ name }) => name.startsWith(`${camera}/jpeg`) && parseJpegTopic(name)?.camera === camera)
    .reduce((sum, { subscribers }) => sum + subscribers, 0);
}

const isoTimeOrNull = (unixMs: number | undefined): string | null =>
  unixMs === undefined ? null : new Date(Math.round(unixMs)).toISOString();

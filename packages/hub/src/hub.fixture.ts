import { Emitter, type HubEvent, type JpegFrame, jpegTopic, type Rendition, silentLogger } from '@framehub/frame';
import type { ExecutionContext } from 'ava';
import type { Machine } from './automatic-camera.js';
import { type Config, type ConfigInput, configSchema } from './config/schema.js';
import { CameraHub } from './hub.js';

export const camerasOf = (cameras: ConfigInput['cameras']): Config['cameras'] =>
  configSchema.parse({ cameras }).cameras;

/** The events of a hub, past and to come. */
class Events {
  readonly all: HubEvent[] = [];
  #wake = (): void => {};

  constructor(hub: CameraHub) {
    hub.subscribe((event) => {
      this.all.push(event);
      this.#wake();
    });
  }

  /** The first, past or to come, of which this is true. */
  async find(matches: (event: HubEvent) => boolean): Promise<HubEvent> {
    for (;;) {
      const found = this.all.find(matches);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async state(camera: string, state: string): Promise<void> {
    await this.find((event) => event.type === 'state' && event.camera === camera && event.status.state === state);
  }
}

/** A hub with these cameras, open until the test ends. */
export async function openHub(t: ExecutionContext, cameras: ConfigInput['cameras'], machine?: Machine) {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
  const { encoder } = configSchema.parse({ encoder: { threads: 1 } });
  const hub = new CameraHub({ cameras: camerasOf(cameras), encoder }, { logger }, machine);
  t.teardown(() => hub.close());
  const events = new Events(hub);
  await hub.start();
  hub.open();
  await hub.settled();
  const camera = (name: string) => {
    const found = hub.cameras().find((unit) => unit.name === name);
    if (!found) throw new Error(`there is no camera ${name}`);
    return found;
  };
  return { hub, camera, events, warnings };
}

/** Subscribes to a topic, and waits for frames from when they are asked for. */
export function watch(t: ExecutionContext, hub: CameraHub, camera: string, rendition: Rendition = {}) {
  const frames = new Emitter<JpegFrame>();
  const subscription = hub.broker.subscribe(jpegTopic(camera, rendition), (frame) => frames.emit(frame));
  t.teardown(() => subscription.close());
  const until = (matches: (frame: JpegFrame) => boolean) =>
    new Promise<JpegFrame>((resolve) => {
      const listening = frames.subscribe((frame) => {
        if (!matches(frame)) return;
        listening.close();
        resolve(frame);
      });
    });
  return {
    next: () => until(() => true),
    until,
    size: (width: number, height: number) => until((frame) => frame.width === width && frame.height === height),
    close: () => subscription.close(),
  };
}

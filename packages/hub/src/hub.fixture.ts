import { type HubEvent, type JpegFrame, jpegTopic, type Rendition, silentLogger } from '@framehub/frame';
import type { ExecutionContext } from 'ava';
import type { AutomaticCameraParts } from './automatic-camera.js';
import { type Config, type ConfigInput, configSchema } from './config/schema.js';
import { CameraHub } from './hub.js';

export const camerasOf = (cameras: ConfigInput['cameras']): Config['cameras'] =>
  configSchema.parse({ cameras }).cameras;

/** What a hub has told, to be waited for. */
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
export async function openHub(
  t: ExecutionContext,
  cameras: ConfigInput['cameras'],
  machine: AutomaticCameraParts = {},
) {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
  const { encoder } = configSchema.parse({ encoder: { threads: 1 } });
  const hub = new CameraHub({ cameras: camerasOf(cameras), encoder }, { logger, ...machine });
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

/** Somebody who watches a topic, and looks at every picture from when it is asked on. */
export function watch(t: ExecutionContext, hub: CameraHub, camera: string, rendition: Rendition = {}) {
  const looking = new Set<(frame: JpegFrame) => void>();
  const subscription = hub.broker.subscribe(jpegTopic(camera, rendition), (frame) => {
    for (const look of [...looking]) look(frame);
  });
  t.teardown(() => subscription.close());
  const until = (matches: (frame: JpegFrame) => boolean) =>
    new Promise<JpegFrame>((resolve) => {
      const look = (frame: JpegFrame): void => {
        if (!matches(frame)) return;
        looking.delete(look);
        resolve(frame);
      };
      looking.add(look);
    });
  return {
    next: () => until(() => true),
    until,
    size: (width: number, height: number) => until((frame) => frame.width === width && frame.height === height),
    close: () => subscription.close(),
  };
}

import { Broker } from '@framehub/broker';
import {
  type CameraControl,
  type CameraStatus,
  type CameraView,
  FramehubError,
  Histogram,
  type Hub,
  inspectJpeg,
  isBroken,
  type JpegFrame,
  parseJpegTopic,
} from '@framehub/frame';
import type { ExecutionContext } from 'ava';
import { HttpGateway } from './gateway.js';
import type { HttpGatewayOptions } from './options.js';
import { PICTURES } from './pictures.fixture.js';

/** A camera whose frames the test makes. */
export class TestCamera implements CameraView {
  sequence = 0;
  changes: Partial<CameraStatus> = {};
  /** Topics of this camera that somebody subscribes to now. */
  readonly sinks = new Map<string, (frame: JpegFrame) => void>();
  /** Called when a topic gets its first subscriber. */
  onDemand: (topic: string) => void = () => {};
  controlList: readonly CameraControl[] = [BRIGHTNESS];
  readonly #encodeSeconds = new Histogram([0.001, 0.01, 0.1]);

  constructor(readonly name: string) {
    this.#encodeSeconds.observe(0.005);
  }

  /** Publishes a picture on every topic of this camera that is wanted. */
  publish(data: Uint8Array<ArrayBuffer> = PICTURES[0], capturedAt = Date.now()): JpegFrame {
    const info = inspectJpeg(data);
    const { width, height } = isBroken(info) ? { width: 0, height: 0 } : info;
    this.sequence += 1;
    const frame: JpegFrame = { sequence: this.sequence, capturedAt, data, width, height };
    for (const sink of [...this.sinks.values()]) sink(frame);
    return frame;
  }

  status(): CameraStatus {
    return {
      name: this.name,
      source: 'test',
      state: 'live',
      error: undefined,
      format: { fourcc: 'MJPG', width: 1280, height: 720, stride: 0, range: 'full' },
      rendition: {},
      fps: { nominal: 30, measured: 29.97 },
      frames: { captured: this.sequence, dropped: { lapped: 2 } },
      lastFrameAt: Date.now(),
      frozenSince: undefined,
      restarts: 1,
      encodeSeconds: this.#encodeSeconds.read(),
      ...this.changes,
    };
  }

  async controls(): Promise<readonly CameraControl[]> {
    if (this.controlList.length === 0) throw new FramehubError('CAPTURE_NO_CONTROLS', 'this source has no controls');
    return this.controlList;
  }

  async setControls(values: Readonly<Record<string, number>>): Promise<readonly CameraControl[]> {
    for (const [name, value] of Object.entries(values)) {
      const control = this.controlList.find((candidate) => candidate.name === name);
      if (!control) throw new FramehubError('CAPTURE_CONTROL_UNKNOWN', `there is no control ${name}`);
      const { minimum, maximum } = control;
      if (value < minimum || value > maximum) {
        throw new FramehubError(
          'CAPTURE_CONTROL_RANGE',
          `${name} cannot be ${value}: allowed is ${minimum} to ${maximum}`,
        );
      }
    }
    this.controlList = this.controlList.map((control) => ({
      ...control,
      value: values[control.name] ?? control.value,
    }));
    return this.controlList;
  }
}

const BRIGHTNESS: CameraControl = {
  name: 'brightness',
  label: 'Brightness',
  type: 'integer',
  value: 128,
  minimum: 0,
  maximum: 255,
  step: 1,
  default: 128,
  menu: undefined,
  inactive: false,
  readOnly: false,
};

export class House implements Hub {
  readonly version = '0.0.0-test';
  readonly codec = 'test codec';
  readonly quality = 80;
  readonly broker = new Broker<JpegFrame>();
  readonly all: readonly TestCamera[];

  constructor(...names: readonly string[]) {
    this.all = names.map((name) => new TestCamera(name));
    for (const camera of this.all) {
      this.broker.provide(camera.name, (topic) => {
        if (parseJpegTopic(topic)?.camera !== camera.name) return undefined;
        return {
          start: (sink) => {
            camera.sinks.set(topic, sink);
            camera.onDemand(topic);
            return () => camera.sinks.delete(topic);
          },
        };
      });
    }
  }

  cameras(): readonly TestCamera[] {
    return this.all;
  }

  camera(name: string): TestCamera {
    const camera = this.all.find((candidate) => candidate.name === name);
    if (!camera) throw new Error(`the test has no camera ${name}`);
    return camera;
  }
}

export interface Served {
  readonly house: House;
  readonly garage: TestCamera;
  readonly gateway: HttpGateway;
  readonly port: number;
  readonly url: string;
}

/** Two cameras, `garage` and `printer`, on a free port of this machine, until the test ends. */
export async function serve(t: ExecutionContext, options: HttpGatewayOptions = {}): Promise<Served> {
  const house = new House('garage', 'printer');
  const gateway = new HttpGateway(house.broker, house, { host: '127.0.0.1', port: 0, ...options });
  await gateway.start();
  t.teardown(() => gateway.close());
  const { port } = gateway;
  return { house, garage: house.camera('garage'), gateway, port, url: `http://127.0.0.1:${port}` };
}

/** Publishes pictures in turn, `fps` a second, until the test ends. */
export function play(t: ExecutionContext, camera: TestCamera, fps = 30): void {
  const timer = setInterval(() => {
    camera.publish(PICTURES[camera.sequence % PICTURES.length]);
  }, 1000 / fps);
  t.teardown(() => clearInterval(timer));
}

/** Waits until something becomes true; tests have a time limit of their own. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

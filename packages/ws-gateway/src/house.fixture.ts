import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Broker } from '@framehub/broker';
import {
  type CameraControl,
  type CameraSettings,
  type CameraStatus,
  type CameraView,
  type ControlWishes,
  FramehubError,
  Histogram,
  type Hub,
  type HubEvent,
  type JpegFrame,
  parseJpegTopic,
  recordOf,
  type SettingsChange,
} from '@framehub/frame';
import type { ExecutionContext } from 'ava';
import { WsGateway } from './gateway.js';
import type { WsGatewayOptions } from './options.js';

/** A camera whose frames and state the test makes. */
export class TestCamera implements CameraView {
  sequence = 0;
  readonly sinks = new Map<string, (frame: JpegFrame) => void>();
  changes: Partial<CameraStatus> = {};
  brightness = 128;

  constructor(
    readonly name: string,
    private readonly tell: (event: HubEvent) => void,
  ) {}

  /** Publishes a frame of so many bytes, which are all the frame's sequence. */
  publish(bytes = 100, more: Partial<JpegFrame> = {}): JpegFrame {
    this.sequence += 1;
    const data = new Uint8Array(bytes).fill(this.sequence);
    const frame = { sequence: this.sequence, capturedAt: Date.now(), data, width: 64, height: 48, ...more };
    for (const sink of [...this.sinks.values()]) sink(frame);
    return frame;
  }

  become(changes: Partial<CameraStatus>): void {
    this.changes = changes;
    this.tell({ type: 'state', camera: this.name, status: this.status() });
  }

  status(): CameraStatus {
    return {
      name: this.name,
      source: 'test',
      state: 'live',
      error: undefined,
      placeholder: undefined,
      format: { fourcc: 'MJPG', width: 64, height: 48, stride: 0, range: 'full' },
      rendition: {},
      fps: { nominal: 30, measured: 29.97 },
      frames: { captured: this.sequence, dropped: {} },
      lastFrameAt: undefined,
      frozenSince: undefined,
      restarts: 0,
      failures: {},
      encodeSeconds: new Histogram([1]).read(),
      ...this.changes,
    };
  }

  settings(): CameraSettings {
    const absent = { size: undefined, format: undefined, framerate: undefined, profile: undefined };
    return { enabled: true, rendition: {}, profiles: ['day', 'night'], ...absent };
  }

  async change({ rotate }: SettingsChange): Promise<CameraSettings> {
    if (rotate !== 90) throw new FramehubError('CAMERA_SETTING_INVALID', `rotate ${rotate}: allowed is 90`);
    return { ...this.settings(), rendition: { rotate } };
  }

  async controls(): Promise<readonly CameraControl[]> {
    const flags = { inactive: false, readOnly: false, volatile: false, grabbed: false, menu: undefined };
    const range = { minimum: 0, maximum: 255, step: 1, default: 128 };
    return [
      { name: 'brightness', label: 'Brightness', type: 'integer', value: this.brightness, ...range, ...flags },
      { name: 'offset', label: 'Offset', type: 'integer64', value: 2n ** 62n, ...range, ...flags },
    ];
  }

  async setControls(values: ControlWishes): Promise<readonly CameraControl[]> {
    this.brightness = Number(values.brightness);
    const controls = await this.controls();
    this.tell({ type: 'controls', camera: this.name, controls, changed: Object.keys(values), elsewhere: false });
    return controls;
  }

  still(): Promise<JpegFrame> {
    throw new Error('nobody asks for stills here');
  }
}

/** A hub whose cameras come and go as the test says. */
export class House implements Hub {
  readonly version = '0.0.0-test';
  readonly codec = 'test codec';
  readonly quality = 80;
  readonly broker = new Broker<JpegFrame>();
  readonly listeners = new Set<(event: HubEvent) => void>();
  readonly #withdrawals = new Map<string, () => void>();
  #all: readonly TestCamera[] = [];

  constructor(...names: readonly string[]) {
    this.#all = names.map((name) => this.#make(name));
  }

  cameras(): readonly TestCamera[] {
    return this.#all;
  }

  camera(name: string): TestCamera {
    return this.#all.find((camera) => camera.name === name) as TestCamera;
  }

  watch(listener: (event: HubEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  remove(name: string): void {
    this.#all = this.#all.filter((camera) => camera.name !== name);
    this.#withdrawals.get(name)?.();
    this.#tell({ type: 'cameras' });
  }

  #make(name: string): TestCamera {
    const camera = new TestCamera(name, (event) => this.#tell(event));
    const withdraw = this.broker.provide(name, (topic) => {
      if (parseJpegTopic(topic)?.camera !== name) return undefined;
      return {
        start: (sink) => {
          camera.sinks.set(topic, sink);
          return () => camera.sinks.delete(topic);
        },
      };
    });
    this.#withdrawals.set(name, withdraw);
    return camera;
  }

  #tell(event: HubEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}

export interface Served {
  readonly house: House;
  readonly garage: TestCamera;
  readonly gateway: WsGateway;
  /** Server's ends of the connections, in order. */
  readonly sockets: readonly Socket[];
  readonly url: string;
}

/** Cameras `garage` and `printer`, or those named, on a free port of this machine, until the test ends. */
export async function serve(
  t: ExecutionContext,
  { names = ['garage', 'printer'], mayChange = true, ...options }: WsGatewayOptions & ServeOptions = {},
): Promise<Served> {
  const house = new House(...names);
  const gateway = new WsGateway(house.broker, house, options);
  const server = createServer();
  const sockets: Socket[] = [];
  server.on('upgrade', (req, duplex, head) => {
    sockets.push(duplex as Socket);
    try {
      gateway.accept(req, duplex as Socket, head, { mayChange });
    } catch (error) {
      duplex.end(`HTTP/1.1 400 Refused\r\nConnection: close\r\n\r\n${JSON.stringify(recordOf(error))}`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    await gateway.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { house, garage: house.camera('garage'), gateway, sockets, url: `ws://127.0.0.1:${port}` };
}

interface ServeOptions {
  readonly names?: readonly string[];
  readonly mayChange?: boolean;
}

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
  type Rendition,
  type SettingsChange,
  type StillSize,
} from '@framehub/frame';
import type { ExecutionContext } from 'ava';
import { picture } from './pictures.fixture.js';

/** A camera whose frames the test makes. */
export class TestCamera implements CameraView {
  sequence = 0;
  changes: Partial<CameraStatus> = {};
  controlList: readonly CameraControl[] = [BRIGHTNESS, AUTO];
  /** What a picture of a rendition looks like. */
  paint: (rendition: Rendition) => Uint8Array<ArrayBuffer> = () => picture();
  readonly stills: { size: StillSize; rendition: Rendition }[] = [];
  readonly sinks = new Map<string, (frame: JpegFrame) => void>();
  #settings: CameraSettings = {
    enabled: true,
    size: undefined,
    format: undefined,
    framerate: undefined,
    rendition: {},
    profile: 'day',
    profiles: ['day', 'night'],
  };

  constructor(
    readonly name: string,
    private readonly tell: (event: HubEvent) => void,
  ) {}

  /** Publishes a picture on every topic of this camera that is wanted. */
  publish({ placeholder, capturedAt = Date.now() }: { placeholder?: string; capturedAt?: number } = {}): void {
    this.sequence += 1;
    for (const [topic, sink] of [...this.sinks])
      sink(this.#frame(parseJpegTopic(topic)?.rendition, placeholder, capturedAt));
  }

  /** Tells a change of its state. */
  turn(changes: Partial<CameraStatus>): void {
    this.changes = { ...this.changes, ...changes };
    this.tell({ type: 'state', camera: this.name, status: this.status() });
  }

  status(): CameraStatus {
    return {
      name: this.name,
      source: 'a test',
      state: 'live',
      error: undefined,
      placeholder: undefined,
      format: { fourcc: 'MJPG', width: 48, height: 32, stride: 0, range: 'full' },
      rendition: {},
      fps: { nominal: 30, measured: 29.97 },
      frames: { captured: this.sequence, dropped: { lapped: 2, 'ring-full': 1 } },
      lastFrameAt: undefined,
      frozenSince: undefined,
      restarts: 1,
      failures: {},
      encodeSeconds: new Histogram([1]).read(),
      ...this.changes,
    };
  }

  settings(): CameraSettings {
    return this.#settings;
  }

  /** The configuration has these profiles from now on. */
  setProfiles(...profiles: readonly string[]): void {
    this.#settings = { ...this.#settings, profiles, profile: undefined };
    this.tell({ type: 'settings', camera: this.name, settings: this.#settings });
  }

  async change({ enabled, profile }: SettingsChange): Promise<CameraSettings> {
    if (typeof profile === 'string' && !this.#settings.profiles.includes(profile))
      throw new FramehubError('CAMERA_SETTING_INVALID', `profile=${profile} is not possible: allowed is day, night`);
    this.#settings = {
      ...this.#settings,
      ...(enabled !== undefined && { enabled }),
      ...(profile !== undefined && { profile: profile ?? undefined }),
    };
    this.tell({ type: 'settings', camera: this.name, settings: this.#settings });
    this.turn({ state: this.#settings.enabled ? 'live' : 'off' });
    return this.#settings;
  }

  async controls(): Promise<readonly CameraControl[]> {
    return this.controlList;
  }

  async setControls(values: ControlWishes): Promise<readonly CameraControl[]> {
    for (const [name, value] of Object.entries(values)) {
      const control = this.controlList.find((candidate) => candidate.name === name);
      if (!control) throw new FramehubError('CAPTURE_CONTROL_UNKNOWN', `there is no control ${name}`);
      if (typeof value === 'string' || Number(value) < control.minimum || Number(value) > control.maximum)
        throw new FramehubError(
          'CAPTURE_CONTROL_RANGE',
          `${name} cannot be ${value}: allowed is 0 to ${control.maximum}`,
        );
      this.controlList = this.controlList.map((known) =>
        known === control ? { ...known, value: Number(value) } : known,
      );
    }
    const changed = Object.keys(values);
    this.tell({ type: 'controls', camera: this.name, controls: this.controlList, changed, elsewhere: false });
    return this.controlList;
  }

  async still(size: StillSize, rendition: Rendition): Promise<JpegFrame> {
    this.stills.push({ size, rendition });
    this.sequence += 1;
    return this.#frame(rendition, undefined, Date.now());
  }

  #frame(rendition: Rendition = {}, placeholder: string | undefined, capturedAt: number): JpegFrame {
    const data = this.paint(rendition);
    const { sequence } = this;
    return {
      sequence,
      capturedAt,
      data,
      width: rendition.width ?? 48,
      height: 32,
      ...(placeholder && { placeholder }),
    };
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
  volatile: false,
  grabbed: false,
};
const AUTO: CameraControl = { ...BRIGHTNESS, name: 'white_balance_automatic', type: 'boolean', value: 1, maximum: 1 };

export class House implements Hub {
  readonly version = '0.0.0-test';
  readonly codec = 'test codec';
  readonly quality = 80;
  readonly broker = new Broker<JpegFrame>();
  #all: readonly TestCamera[] = [];
  readonly #listeners = new Set<(event: HubEvent) => void>();

  constructor(...names: readonly string[]) {
    this.set(...names);
  }

  cameras(): readonly TestCamera[] {
    return this.#all;
  }

  camera(name: string): TestCamera {
    const camera = this.#all.find((candidate) => candidate.name === name);
    if (!camera) throw new Error(`the test has no camera ${name}`);
    return camera;
  }

  /** The configuration has these cameras from now on. */
  set(...names: readonly string[]): void {
    this.#all = names.map((name) => this.#all.find((camera) => camera.name === name) ?? this.#make(name));
    this.#tell({ type: 'cameras' });
  }

  watch(listener: (event: HubEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: HubEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #make(name: string): TestCamera {
    const camera = new TestCamera(name, (event) => this.#tell(event));
    this.broker.provide(name, (topic) => {
      if (parseJpegTopic(topic)?.camera !== name) return undefined;
      return {
        start: (sink) => {
          camera.sinks.set(topic, sink);
          return () => camera.sinks.delete(topic);
        },
      };
    });
    return camera;
  }
}

/** Publishes pictures, `fps` a second, until the test ends. */
export function play(t: ExecutionContext, camera: TestCamera, fps = 30): void {
  const timer = setInterval(() => camera.publish(), 1000 / fps);
  t.teardown(() => clearInterval(timer));
}

/** Waits until something becomes true; tests have a time limit of their own. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

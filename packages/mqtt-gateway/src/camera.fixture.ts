import {
  type CameraControl,
  type CameraSettings,
  type CameraStatus,
  type CameraView,
  type ControlWishes,
  FramehubError,
  Histogram,
  type HubEvent,
  type JpegFrame,
  parseJpegTopic,
  type Rendition,
  type SettingsChange,
  type StillSize,
} from '@framehub/frame';
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

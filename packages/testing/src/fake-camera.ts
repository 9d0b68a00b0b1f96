import {
  type CameraControl,
  type CameraSettings,
  type CameraStatus,
  type CameraView,
  type ControlValues,
  FramehubError,
  Histogram,
  type HubEvent,
  inspectJpeg,
  isBroken,
  type JpegFrame,
  parseJpegTopic,
  type Rendition,
  ROTATIONS,
  type Sequenced,
  type SettingsChange,
  type StillSize,
} from '@framehub/frame';
import { CONTROLS } from './controls.js';
import { PICTURES } from './pictures.js';

/** What a frame is to be like, where that matters. */
export interface Shot {
  /** Instead of what the camera paints. */
  readonly data?: Uint8Array<ArrayBuffer> | undefined;
  readonly capturedAt?: number;
  readonly placeholder?: string;
  /** Only on this topic: those of the others are not encoded yet. */
  readonly topic?: string;
}

/** A still that somebody waits for. */
export interface PendingStill {
  readonly size: StillSize;
  readonly rendition: Rendition;
  give(data?: Uint8Array<ArrayBuffer>, capturedAt?: number): JpegFrame;
  refuse(error: Error): void;
}

/** A camera whose frames and state the test makes. */
export class FakeCamera implements CameraView {
  sequence = 0;
  /** Topics of this camera that somebody subscribes to now. */
  readonly sinks = new Map<string, (frame: JpegFrame) => void>();
  /** Called when a topic gets its first subscriber. */
  onDemand: (topic: string) => void = () => {};
  /** What a picture of a rendition looks like. */
  paint: (rendition: Rendition) => Uint8Array<ArrayBuffer> = () => PICTURES[0];
  /** What was asked of it, as it came. */
  readonly asked: { readonly settings: SettingsChange[]; readonly controls: ControlValues[] } = {
    settings: [],
    controls: [],
  };
  readonly stills: PendingStill[] = [];
  /** Status other than that of a camera that is well. */
  changes: Partial<CameraStatus> = {};
  settingsNow: CameraSettings = SETTINGS;
  controlList: readonly CameraControl[] = CONTROLS;
  readonly #encodeSeconds = new Histogram([0.001, 0.01, 0.1]);

  constructor(
    readonly name: string,
    private readonly tell: (event: HubEvent) => void,
  ) {
    this.#encodeSeconds.observe(0.005);
  }

  /** Publishes a frame on every topic of this camera that is wanted, unless the shot names one. */
  publish({ capturedAt = Date.now(), ...shot }: Shot = {}): Sequenced {
    this.sequence += 1;
    for (const [topic, sink] of [...this.sinks]) {
      if (shot.topic !== undefined && topic !== shot.topic) continue;
      const data = shot.data ?? this.paint(parseJpegTopic(topic)?.rendition ?? {});
      sink(this.#frame({ ...shot, data, capturedAt }));
    }
    return { sequence: this.sequence, capturedAt };
  }

  /** Changes its status, and tells of it. */
  become(changes: Partial<CameraStatus>): void {
    this.changes = changes;
    this.tell({ type: 'state', camera: this.name, status: this.status() });
  }

  /** The configuration has these profiles from now on. */
  setProfiles(...profiles: readonly string[]): void {
    this.#setSettings({ profiles, profile: undefined });
  }

  status(): CameraStatus {
    return {
      name: this.name,
      source: 'a test',
      state: 'live',
      error: undefined,
      placeholder: undefined,
      format: { fourcc: 'MJPG', width: 1280, height: 720, stride: 0, range: 'full' },
      rendition: {},
      fps: { nominal: 30, measured: 29.97 },
      frames: { captured: this.sequence, dropped: { overrun: 2, 'ring-full': 1 } },
      lastFrameAt: Date.now(),
      frozenSince: undefined,
      restarts: 1,
      failures: { CAPTURE_STALLED: 1 },
      encodeSeconds: this.#encodeSeconds.read(),
      ...this.changes,
    };
  }

  settings(): CameraSettings {
    return this.settingsNow;
  }

  async change(changes: SettingsChange): Promise<CameraSettings> {
    this.asked.settings.push(changes);
    const { enabled, profile, rotate } = changes;
    const { rendition, profiles } = this.settingsNow;
    if (rotate !== undefined) assertAllowed('rotate', rotate, ROTATIONS);
    if (typeof profile === 'string') assertAllowed('profile', profile, profiles);
    this.#setSettings({
      ...(enabled !== undefined && { enabled }),
      ...(profile !== undefined && { profile: profile ?? undefined }),
      ...(rotate !== undefined && { rendition: { ...rendition, rotate: rotate as 0 } }),
    });
    if (enabled !== undefined) this.become({ state: enabled ? 'live' : 'off' });
    return this.settingsNow;
  }

  async controls(): Promise<readonly CameraControl[]> {
    if (this.controlList.length === 0) throw new FramehubError('CAPTURE_NO_CONTROLS', 'this source has no controls');
    return this.controlList;
  }

  async setControls(values: ControlValues): Promise<readonly CameraControl[]> {
    this.asked.controls.push(values);
    for (const [name, value] of Object.entries(values)) {
      const control = this.controlList.find((candidate) => candidate.name === name);
      if (!control) throw new FramehubError('CAPTURE_CONTROL_UNKNOWN', `there is no control ${name}`);
      const { minimum, maximum } = control;
      if (Number(value) >= minimum && Number(value) <= maximum) continue;
      const message = `${name} cannot be ${value}: allowed is ${minimum} to ${maximum}`;
      throw new FramehubError('CAPTURE_CONTROL_RANGE', message);
    }
    this.controlList = this.controlList.map((control) => {
      const value = values[control.name];
      return value === undefined ? control : { ...control, value: Number(value) };
    });
    const changed = Object.keys(values);
    this.tell({ type: 'controls', camera: this.name, controls: this.controlList, changed, origin: 'framehub' });
    return this.controlList;
  }

  still(size: StillSize, rendition: Rendition): Promise<JpegFrame> {
    return new Promise((resolve, reject) => {
      const give = (data = this.paint(rendition), capturedAt = Date.now()) => {
        this.sequence += 1;
        const frame = this.#frame({ data, capturedAt });
        resolve(frame);
        return frame;
      };
      this.stills.push({ size, rendition, give, refuse: reject });
    });
  }

  #setSettings(changes: Partial<CameraSettings>): void {
    this.settingsNow = { ...this.settingsNow, ...changes };
    this.tell({ type: 'settings', camera: this.name, settings: this.settingsNow });
  }

  #frame({ data, capturedAt, placeholder }: Required<Pick<Shot, 'data' | 'capturedAt'>> & Shot): JpegFrame {
    const { sequence } = this;
    return { sequence, capturedAt, data, ...sizeOf(data), ...(placeholder !== undefined && { placeholder }) };
  }
}

/** What is no JPEG at all passes for one of the usual size: gateways do not look inside. */
function sizeOf(data: Uint8Array): { readonly width: number; readonly height: number } {
  const info = inspectJpeg(data);
  return isBroken(info) ? { width: 64, height: 48 } : { width: info.width, height: info.height };
}

function assertAllowed(key: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  const message = `${key} ${value} is not possible: allowed is ${allowed.join(', ')}`;
  throw new FramehubError('CAMERA_SETTING_INVALID', message);
}

const SETTINGS: CameraSettings = {
  enabled: true,
  size: { width: 1280, height: 720 },
  format: 'MJPG',
  fps: undefined,
  rendition: {},
  profile: 'day',
  profiles: ['day', 'night'],
};

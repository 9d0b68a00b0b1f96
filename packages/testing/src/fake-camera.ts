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
  listOf,
  mustBe,
  parseJpegTopic,
  type Rendition,
  ROTATIONS,
  type Sequenced,
  type SettingsChange,
  type StillSize,
} from '@framehub/frame';
import { CONTROLS } from './controls.js';
import { JPEGS } from './jpegs.js';

/** Properties of a published frame. */
export interface Shot {
  /** A JPEG. @default what {@link FakeCamera.paint} returns */
  readonly data?: Uint8Array<ArrayBuffer> | undefined;
  /** Unix milliseconds. @default now */
  readonly capturedAt?: number;
  /** Makes the frame a placeholder with this text. */
  readonly placeholder?: string;
  /** Publishes on this topic only, as if the renditions of the others were not encoded yet. @default all topics */
  readonly topic?: string;
}

/** A requested still, which the test answers. */
export interface PendingStill {
  readonly size: StillSize;
  readonly rendition: Rendition;
  /** Resolves the request. @returns the frame */
  give(data?: Uint8Array<ArrayBuffer>, capturedAt?: number): JpegFrame;
  /** Rejects the request. */
  refuse(error: Error): void;
}

/** A camera whose frames and status are set by the test. Made by {@link FakeHub}. */
export class FakeCamera implements CameraView {
  readonly name: string;
  /** Sequence number of the last frame. */
  sequence = 0;
  /** Topics of this camera that have subscribers, with the function that publishes on each. */
  readonly sinks = new Map<string, (frame: JpegFrame) => void>();
  /** Called when a topic gets its first subscriber. */
  onDemand: (topic: string) => void = () => {};
  /** Makes the JPEG of a rendition. */
  paint: (rendition: Rendition) => Uint8Array<ArrayBuffer> = () => JPEGS[0];
  /** Settings and control values that were requested, in order. */
  readonly asked: { readonly settings: SettingsChange[]; readonly controls: ControlValues[] } = {
    settings: [],
    controls: [],
  };
  /** Requested stills, in order. */
  readonly stills: PendingStill[] = [];
  /** Status that differs from that of a live camera. See {@link FakeCamera.become}. */
  changes: Partial<CameraStatus> = {};
  /** Present settings. */
  settingsNow: CameraSettings = SETTINGS;
  /** Present controls; empty: the camera has none. */
  controlList: readonly CameraControl[] = CONTROLS;
  readonly #emit: (event: HubEvent) => void;
  readonly #encodeSeconds = new Histogram([0.001, 0.01, 0.1]);

  /** @param emit called with each event of the camera */
  constructor(name: string, emit: (event: HubEvent) => void) {
    this.name = name;
    this.#emit = emit;
    this.#encodeSeconds.observe(0.005);
  }

  /** Publishes a frame on every topic of this camera that has subscribers, or on one of them. @returns the frame's number and time */
  publish({ capturedAt = Date.now(), ...shot }: Shot = {}): Sequenced {
    this.sequence += 1;
    for (const [topic, sink] of [...this.sinks]) {
      if (shot.topic !== undefined && topic !== shot.topic) continue;
      const data = shot.data ?? this.paint(parseJpegTopic(topic)?.rendition ?? {});
      sink(this.#frame({ ...shot, data, capturedAt }));
    }
    return { sequence: this.sequence, capturedAt };
  }

  /** Changes its status, and emits an event. */
  become(changes: Partial<CameraStatus>): void {
    this.changes = changes;
    this.#emit({ type: 'state', camera: this.name, status: this.status() });
  }

  /** Sets the profiles of its configuration. */
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
      throw new FramehubError('CAPTURE_CONTROL_RANGE', mustBe(name, `a number from ${minimum} to ${maximum}`, value));
    }
    this.controlList = this.controlList.map((control) => {
      const value = values[control.name];
      return value === undefined ? control : { ...control, value: Number(value) };
    });
    const changed = Object.keys(values);
    this.#emit({ type: 'controls', camera: this.name, controls: this.controlList, changed, origin: 'framehub' });
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
    this.#emit({ type: 'settings', camera: this.name, settings: this.settingsNow });
  }

  #frame({ data, capturedAt, placeholder }: Omit<JpegFrame, 'sequence' | 'width' | 'height'>): JpegFrame {
    const { sequence } = this;
    return { sequence, capturedAt, data, ...sizeOf(data), ...(placeholder !== undefined && { placeholder }) };
  }
}

/** Bytes that are not a JPEG get the size of the usual one: gateways do not decode frames. */
function sizeOf(data: Uint8Array): { readonly width: number; readonly height: number } {
  const info = inspectJpeg(data);
  return isBroken(info) ? { width: 64, height: 48 } : { width: info.width, height: info.height };
}

function assertAllowed(key: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  throw new FramehubError('CAMERA_SETTING_INVALID', mustBe(key, listOf(allowed.map(String)), value));
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

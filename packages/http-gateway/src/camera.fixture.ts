import {
  type CameraControl,
  type CameraSettings,
  type CameraStatus,
  type CameraView,
  type ControlWishes,
  FramehubError,
  Histogram,
  type HubEvent,
  inspectJpeg,
  isBroken,
  type JpegFrame,
  type Rendition,
  type SettingsChange,
  type StillSize,
} from '@framehub/frame';
import { PICTURES } from './pictures.fixture.js';

/** A still that somebody waits for. */
export interface PendingStill {
  readonly size: StillSize;
  readonly rendition: Rendition;
  give(data?: Uint8Array<ArrayBuffer>, capturedAt?: number): JpegFrame;
  refuse(error: Error): void;
}

/** A camera whose frames and state the test makes. */
export class TestCamera implements CameraView {
  sequence = 0;
  /** Topics of this camera that somebody subscribes to now. */
  readonly sinks = new Map<string, (frame: JpegFrame) => void>();
  /** Called when a topic gets its first subscriber. */
  onDemand: (topic: string) => void = () => {};
  controlList: readonly CameraControl[] = [BRIGHTNESS];
  /** What the gateway has asked for, as it came. */
  readonly asked: { readonly settings: SettingsChange[]; readonly controls: ControlWishes[] } = {
    settings: [],
    controls: [],
  };
  readonly stills: PendingStill[] = [];
  /** Status other than that of a camera that is well. */
  changes: Partial<CameraStatus> = {};
  settingsNow: CameraSettings = SETTINGS;
  readonly #encodeSeconds = new Histogram([0.001, 0.01, 0.1]);

  constructor(
    readonly name: string,
    private readonly tell: (event: HubEvent) => void,
  ) {
    this.#encodeSeconds.observe(0.005);
  }

  /** Changes its status, and tells of it. */
  become(changes: Partial<CameraStatus>): void {
    this.changes = changes;
    this.tell({ type: 'state', camera: this.name, status: this.status() });
  }

  /** Publishes a picture on every topic of this camera that is wanted. */
  publish(data: Uint8Array<ArrayBuffer> = PICTURES[0], capturedAt = Date.now()): JpegFrame {
    return this.#publish(this.#frameOf(data, capturedAt));
  }

  /** The same with a card. */
  publishCard(placeholder: string, data: Uint8Array<ArrayBuffer> = PICTURES[1]): JpegFrame {
    return this.#publish({ ...this.#frameOf(data, Date.now()), placeholder });
  }

  status(): CameraStatus {
    return {
      name: this.name,
      source: 'test',
      state: 'live',
      error: undefined,
      placeholder: undefined,
      format: { fourcc: 'MJPG', width: 1280, height: 720, stride: 0, range: 'full' },
      rendition: {},
      fps: { nominal: 30, measured: 29.97 },
      frames: { captured: this.sequence, dropped: { lapped: 2 } },
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
    const { rotate = 0 } = changes;
    if (rotate % 90 !== 0) {
      throw new FramehubError('CAMERA_SETTING_INVALID', `rotate ${rotate} is not possible: allowed is 0, 90, 180, 270`);
    }
    const { enabled = this.settingsNow.enabled } = changes;
    this.settingsNow = { ...this.settingsNow, enabled, rendition: { rotate: rotate as 0 } };
    return this.settingsNow;
  }

  async controls(): Promise<readonly CameraControl[]> {
    if (this.controlList.length === 0) throw new FramehubError('CAPTURE_NO_CONTROLS', 'this source has no controls');
    return this.controlList;
  }

  async setControls(values: ControlWishes): Promise<readonly CameraControl[]> {
    this.asked.controls.push(values);
    for (const [name, value] of Object.entries(values)) {
      const control = this.controlList.find((candidate) => candidate.name === name);
      if (!control) throw new FramehubError('CAPTURE_CONTROL_UNKNOWN', `there is no control ${name}`);
      const { minimum, maximum } = control;
      if (!(Number(value) >= minimum && Number(value) <= maximum)) {
        throw new FramehubError(
          'CAPTURE_CONTROL_RANGE',
          `${name} cannot be ${value}: allowed is ${minimum} to ${maximum}`,
        );
      }
    }
    this.controlList = this.controlList.map((control) => ({
      ...control,
      value: values[control.name] === undefined ? control.value : Number(values[control.name]),
    }));
    return this.controlList;
  }

  still(size: StillSize, rendition: Rendition): Promise<JpegFrame> {
    return new Promise((resolve, reject) => {
      const give = (data: Uint8Array<ArrayBuffer> = PICTURES[1], capturedAt = Date.now()) => {
        const frame = this.#frameOf(data, capturedAt);
        resolve(frame);
        return frame;
      };
      this.stills.push({ size, rendition, give, refuse: reject });
    });
  }

  #publish(frame: JpegFrame): JpegFrame {
    for (const sink of [...this.sinks.values()]) sink(frame);
    return frame;
  }

  #frameOf(data: Uint8Array<ArrayBuffer>, capturedAt: number): JpegFrame {
    const info = inspectJpeg(data);
    const { width, height } = isBroken(info) ? { width: 0, height: 0 } : info;
    this.sequence += 1;
    return { sequence: this.sequence, capturedAt, data, width, height };
  }
}

const SETTINGS: CameraSettings = {
  enabled: true,
  size: { width: 1280, height: 720 },
  format: 'MJPG',
  framerate: undefined,
  rendition: {},
  profile: 'day',
  profiles: ['day', 'night'],
};

export const BRIGHTNESS: CameraControl = {
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

import type { ControlValue } from '@framehub/frame';
import type { Control, V4l2Camera } from 'node-v4l2-camera';
import type { RawControlValues } from '../../messages.js';
import { type DeviceControl, exactNumber } from '../control-values.js';
import { type ControlDevice, DeviceControls } from '../device-controls.js';
import type { SourceHost } from '../source.js';

type ControlledCamera = Pick<V4l2Camera, 'controls' | 'setControl' | 'watchControls' | 'controlEvents'>;

/** The controls of a camera of Video4Linux2. Borrows the camera. */
export class V4l2Controls extends DeviceControls {
  /** @param originals what an earlier thread could not restore */
  constructor(camera: ControlledCamera, host: Pick<SourceHost, 'log' | 'originals'>, originals: RawControlValues) {
    super(new V4l2ControlDevice(camera), host, originals);
  }
}

class V4l2ControlDevice implements ControlDevice {
  readonly #camera: ControlledCamera;

  constructor(camera: ControlledCamera) {
    this.#camera = camera;
  }

  controls(): readonly DeviceControl[] {
    return this.#camera
      .controls()
      .filter(({ flags }) => !flags.disabled)
      .map(deviceControl);
  }

  set(name: string, value: ControlValue): void {
    this.#camera.setControl(name, value);
  }

  watch(): void {
    this.#camera.watchControls();
  }

  changes(): readonly string[] {
    const events = this.#camera.controlEvents();
    return events.filter(({ valueChanged }) => valueChanged).map(({ name }) => name);
  }
}

function deviceControl({ type, flags, value, minimum, maximum, step, ...control }: Control): DeviceControl {
  return {
    ...control,
    type: type === 'integer-menu' ? 'menu' : type === 'compound' ? 'other' : type,
    value: typeof value === 'bigint' ? exactNumber(value) : value,
    minimum: exact(minimum),
    maximum: exact(maximum),
    step: exact(step),
    default: exact(control.default),
    inactive: flags.inactive,
    readOnly: flags.readOnly || type === 'compound',
    volatile: flags.volatile,
    grabbed: flags.grabbed,
  };
}

const exact = (value: number | bigint): number | bigint => (typeof value === 'bigint' ? exactNumber(value) : value);

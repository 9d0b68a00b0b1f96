import { type CameraControl, codeOf, FramehubError, recordOf } from '@framehub/frame';
import type { Control, V4l2Camera } from 'node-v4l2-camera';
import { checkControlValues, noControls } from '../control-values.js';
import type { SourceHost } from '../source.js';

type Values = Readonly<Record<string, number>>;
type ControlledCamera = Pick<V4l2Camera, 'controls' | 'setControl'>;
type ControlHost = Pick<SourceHost, 'log' | 'originals'>;

/** A device's controls, and the values that they had before anybody here changed them. */
export class V4l2Controls {
  readonly #camera: ControlledCamera;
  readonly #host: ControlHost;
  /** In order of the first change. */
  readonly #originals: Map<string, number>;

  /** @param originals what a thread before this one could not put back */
  constructor(camera: ControlledCamera, host: ControlHost, originals: Values) {
    this.#camera = camera;
    this.#host = host;
    this.#originals = new Map(Object.entries(originals));
  }

  /** Throws `CAPTURE_NO_CONTROLS`. */
  list(): readonly CameraControl[] {
    const controls = this.#read();
    if (controls.length === 0) throw noControls();
    return controls;
  }

  /** All or none on bad names and values; a control that the camera refuses is named after the others are set. */
  set(values: Values): readonly CameraControl[] {
    const controls = this.#read();
    checkControlValues(controls, values);
    const refused = this.#setAll(inOrder(controls, values, 'switches first'), (name) => this.#remember(controls, name));
    this.#host.originals(Object.fromEntries(this.#originals));
    if (refused.length > 0) throw refusal(refused);
    return this.#read();
  }

  /** What was configured, at each start. A value that cannot be set costs a warning, not the picture. */
  begin(values: Values): void {
    const controls = this.#read();
    const possible = Object.entries(values).filter(([name, value]) => this.#isPossible(controls, name, value));
    if (possible.length === 0) return;
    try {
      this.set(Object.fromEntries(possible));
    } catch (error) {
      if (codeOf(error) !== 'CAPTURE_CONTROL_REFUSED') throw error;
      this.#host.log('warn', recordOf(error).message);
    }
  }

  #isPossible(controls: readonly CameraControl[], name: string, value: number): boolean {
    try {
      checkControlValues(controls, { [name]: value });
      return true;
    } catch (error) {
      this.#host.log('warn', `a control is left alone: ${recordOf(error).message}`);
      return false;
    }
  }

  /** Puts back what was changed. */
  restore(): void {
    if (this.#originals.size === 0) return;
    const originals = Object.fromEntries(this.#originals);
    const refused = this.#setAll(inOrder(this.#read(), originals, 'switches last'));
    const list = Object.entries(originals).map(([name, value]) => `${name}=${value}`);
    if (refused.length > 0) this.#host.log('warn', `not all controls could be put back: ${refusal(refused).message}`);
    else this.#host.log('info', `controls are put back: ${list.join(', ')}`);
    this.#originals.clear();
    this.#host.originals({});
  }

  #read(): CameraControl[] {
    return this.#camera
      .controls()
      .filter(({ flags }) => !flags.disabled)
      .map(toCameraControl);
  }

  /**
   * Sets values, again those that were refused as long as others succeed meanwhile: an exposure time can be set only
   * once automatic exposure is off, and who set it first did not mean to be refused.
   */
  #setAll(values: readonly (readonly [string, number])[], before: (name: string) => void = () => {}): Refused[] {
    let left = values;
    for (;;) {
      const refused = left.flatMap(([name, value]) => this.#attempt(name, value, before));
      if (refused.length === 0 || refused.length === left.length) return refused;
      left = refused.map(({ name, value }) => [name, value] as const);
    }
  }

  #attempt(name: string, value: number, before: (name: string) => void): Refused[] {
    before(name);
    try {
      this.#camera.setControl(name, value);
      return [];
    } catch (error) {
      if (codeOf(error) === 'ENODEV') throw error;
      return [{ name, value, reason: recordOf(error).message }];
    }
  }

  #remember(controls: readonly CameraControl[], name: string): void {
    const value = controls.find((control) => control.name === name)?.value;
    if (value === undefined || this.#originals.has(name)) return;
    this.#originals.set(name, value);
    this.#host.log('info', `control ${name} was ${value}; it is put back at the end`);
  }
}

interface Refused {
  readonly name: string;
  readonly value: number;
  readonly reason: string;
}

function refusal(refused: readonly Refused[]): FramehubError {
  const [first] = refused;
  const names = refused.map(({ name }) => name);
  return new FramehubError(
    'CAPTURE_CONTROL_REFUSED',
    `the camera refuses ${names.join(', ')} for now (${first?.reason}): switch its automatic off first`,
    { names },
  );
}

/** Switches (automatic exposure) decide whether amounts (exposure time) can be set. */
function inOrder(
  controls: readonly CameraControl[],
  values: Values,
  order: 'switches first' | 'switches last',
): [string, number][] {
  const isSwitch = (name: string): boolean => {
    const type = controls.find((control) => control.name === name)?.type;
    return type === 'boolean' || type === 'menu';
  };
  const entries = Object.entries(values);
  const switches = entries.filter(([name]) => isSwitch(name));
  const amounts = entries.filter(([name]) => !isSwitch(name));
  return order === 'switches first' ? [...switches, ...amounts] : [...amounts, ...switches];
}

function toCameraControl({
  name,
  label,
  type,
  value,
  minimum,
  maximum,
  step,
  menu,
  flags,
  ...rest
}: Control): CameraControl {
  return {
    name,
    label,
    type: type === 'integer-menu' ? 'menu' : type === 'string' || type === 'compound' ? 'other' : type,
    value: typeof value === 'string' || value === undefined ? undefined : Number(value),
    minimum: Number(minimum),
    maximum: Number(maximum),
    step: Number(step),
    default: Number(rest.default),
    menu,
    inactive: flags.inactive,
    readOnly: flags.readOnly || type === 'string' || type === 'compound',
  };
}

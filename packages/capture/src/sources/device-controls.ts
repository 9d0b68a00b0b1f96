import { type CameraControl, type ControlValue, type ControlValues, codeOf, recordOf } from '@framehub/frame';
import type { RawControlValues } from '../messages.js';
import { automaticsOf, type DeviceControl } from './automatics.js';
import { fitWishes, noControls, type ReadValues, readWishes, shownValue } from './control-values.js';
import { ForeignChanges } from './foreign-changes.js';
import { type Refused, refusal, setControls, switchesFirst } from './set-controls.js';
import type { SourceHost } from './source.js';

/** What controls are set on. */
export interface ControlDevice {
  /** All that it has, with present values. */
  controls(): readonly DeviceControl[];
  /** Throws what it cannot do now; `ENODEV` when it is gone. */
  set(name: string, value: ControlValue): void;
  /** From now on `changes` tells what others change. */
  watch(): void;
  /** Names of controls whose values may have been changed by others since the last call. Does not wait. */
  changes(): readonly string[];
}

type ControlHost = Pick<SourceHost, 'log' | 'originals'>;

/** What another program has done. */
export interface Noticed {
  readonly controls: readonly CameraControl[];
  readonly changed: readonly string[];
}

/** A device's controls, and the values that they had before anybody here changed them. */
export class DeviceControls {
  readonly #device: ControlDevice;
  readonly #host: ControlHost;
  /** In order of the first change. */
  readonly #originals: Map<string, ControlValue>;
  readonly #foreign: ForeignChanges;

  /** @param originals what a thread before this one could not put back */
  constructor(device: ControlDevice, host: ControlHost, originals: RawControlValues) {
    this.#device = device;
    this.#host = host;
    this.#originals = new Map(Object.entries(originals));
    this.#foreign = new ForeignChanges(device);
  }

  /** Throws `CAPTURE_NO_CONTROLS`. */
  list(): readonly CameraControl[] {
    const controls = this.#device.controls();
    if (controls.length === 0) throw noControls();
    return controls.map(withoutId);
  }

  /**
   * All or none on bad names and values; a control that the camera refuses is named after the others are set. An amount
   * whose automatic is on turns that off, unless the automatic itself is among the wishes.
   */
  set(wishes: ControlValues): readonly CameraControl[] {
    const controls = this.#device.controls();
    return this.#apply(controls, readWishes(controls, wishes));
  }

  /** The same, with these in place of all that were set until now: the others get their originals back. */
  replace(wishes: ControlValues): readonly CameraControl[] {
    const controls = this.#device.controls();
    return this.#become(controls, readWishes(controls, wishes));
  }

  /** What was configured, at each start. A value that cannot be set costs a warning, not the picture. */
  begin(wishes: ControlValues): void {
    const controls = this.#device.controls();
    const warn = (message: string): void => this.#host.log('warn', message);
    try {
      this.#become(controls, fitWishes(controls, wishes, warn));
    } catch (error) {
      if (codeOf(error) !== 'CAPTURE_CONTROL_REFUSED') throw error;
      warn(recordOf(error).message);
    }
    this.#device.watch();
  }

  /**
   * What other programs have changed since the last call, of what has an effect and is not the camera's own doing.
   * Cheap while there is nothing. Their originals stay what they were.
   */
  noticed(): Noticed | undefined {
    if (!this.#foreign.gather()) return undefined;
    const controls = this.#device.controls();
    const changed = this.#foreign.take(controls);
    if (changed.length === 0) return undefined;
    this.#host.log('info', `another program has set ${listed(changed)}`);
    return { controls: controls.map(withoutId), changed: changed.map(({ name }) => name) };
  }

  /** Puts back what was changed. */
  restore(): void {
    if (this.#originals.size === 0) return;
    this.#putBack(this.#device.controls(), new Map(this.#originals));
    this.#originals.clear();
    this.#host.originals({});
  }

  #become(controls: readonly DeviceControl[], values: ReadValues): readonly CameraControl[] {
    // Put back, a switch would only have to be turned off again.
    const needed = automaticsOf(controls, values.keys()).map(({ control }) => control.name);
    const staying = new Set([...values.keys(), ...needed]);
    const leaving = new Map([...this.#originals].filter(([name]) => !staying.has(name)));
    if (leaving.size === 0) return this.#apply(controls, values);
    this.#foreign.gather();
    this.#putBack(controls, leaving);
    const after = this.#device.controls();
    this.#foreign.settle(leaving.keys(), after);
    return this.#apply(after, values);
  }

  #apply(controls: readonly DeviceControl[], wished: ReadValues): readonly CameraControl[] {
    this.#foreign.gather();
    const values = new Map([...this.#switchedOff(controls, wished), ...wished]);
    const refused = setControls(this.#device, switchesFirst(controls, values), (name) =>
      this.#remember(controls, name),
    );
    this.#host.originals(Object.fromEntries(this.#originals));
    const after = this.#device.controls();
    this.#foreign.settle(values.keys(), after);
    for (const { name } of refused) values.delete(name);
    this.#sayDifferences(after, values);
    if (refused.length > 0) throw refusal(refused);
    return after.map(withoutId);
  }

  /** The automatics that are in the way of what is wished for, and that nobody named, with their values for `manual`. */
  #switchedOff(controls: readonly DeviceControl[], wished: ReadValues): Map<string, number> {
    const values = new Map<string, number>();
    for (const { control, on, manual, amount } of automaticsOf(controls, wished.keys())) {
      const { name, value } = control;
      if (!on || value === undefined || wished.has(name) || values.has(name)) continue;
      values.set(name, manual);
      const change = `from ${shownValue(control, value)} to ${shownValue(control, manual)}`;
      this.#host.log('info', `control ${name} is switched ${change}, so that ${amount} can be set`);
    }
    return values;
  }

  /** What the device takes back is changed no longer. */
  #putBack(controls: readonly DeviceControl[], originals: ReadValues): void {
    const inTheWay = automaticsOf(controls, originals.keys()).filter(({ on }) => on);
    // What is refused here shows in the amounts, which are refused then.
    setControls(
      this.#device,
      inTheWay.map(({ control, manual }) => [control.name, manual]),
    );
    const present = inTheWay.map(({ control }) => [control.name, control.value as ControlValue] as const);
    const values = new Map([...present, ...originals]);
    // In the order that undoes: amounts before the switches that take them over.
    const refused = setControls(this.#device, switchesFirst(controls, values).reverse());
    for (const name of originals.keys()) if (!refused.some((one) => one.name === name)) this.#originals.delete(name);
    this.#sayPutBack(originals, refused);
  }

  #sayPutBack(originals: ReadValues, refused: readonly Refused[]): void {
    const list = [...originals].map(([name, value]) => `${name}=${value}`);
    if (refused.length > 0) this.#host.log('warn', `not all controls could be put back: ${refusal(refused).message}`);
    else this.#host.log('info', `controls are put back: ${list.join(', ')}`);
  }

  #remember(controls: readonly DeviceControl[], name: string): void {
    const control = controls.find((candidate) => candidate.name === name);
    if (control?.value === undefined || this.#originals.has(name)) return;
    this.#originals.set(name, control.value);
    this.#host.log('info', `control ${name} was ${shownValue(control, control.value)}; it is put back at the end`);
  }

  #sayDifferences(controls: readonly DeviceControl[], values: ReadValues): void {
    for (const control of controls) {
      const wished = values.get(control.name);
      const { value, volatile, name } = control;
      if (wished === undefined || value === undefined || volatile || value === wished) continue;
      const [given, asked] = [shownValue(control, value), shownValue(control, wished)];
      this.#host.log('warn', `control ${name}: the camera took ${given} instead of ${asked}`);
    }
  }
}

function withoutId({ id: _, ...control }: DeviceControl): CameraControl {
  return control;
}

function listed(controls: readonly CameraControl[]): string {
  return controls.map((control) => `${control.name}=${shownValue(control, control.value ?? '')}`).join(', ');
}

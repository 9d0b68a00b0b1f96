import {
  type CameraControl,
  type ControlValue,
  type ControlValues,
  codeOf,
  FramehubError,
  recordOf,
} from '@framehub/frame';
import type { RawControlValues } from '../messages.js';

import {
  automaticsOf,
  controlText,
  type DeviceControl,
  fitValues,
  noControls,
  type ReadValues,
  readValues,
} from './control-values.js';
import type { SourceHost } from './source.js';

/** What controls are set on. */
export interface ControlDevice {
  /** All that it has, with present values. */
  controls(): readonly DeviceControl[];
  /** Throws what it cannot do now; `ENODEV` when it is gone. */
  set(name: string, value: ControlValue): void;
  /** Starts `changes`. */
  watch(): void;
  /** Names of controls whose values other programs may have changed since the last call. Does not wait. */
  changes(): readonly string[];
}

type ControlHost = Pick<SourceHost, 'log' | 'originals'>;

/** What another program has done. */
export interface Noticed {
  readonly controls: readonly CameraControl[];
  readonly changed: readonly string[];
}

/** A device's controls, and the values that they had before framehub changed them. */
export class DeviceControls {
  readonly #device: ControlDevice;
  readonly #host: ControlHost;
  /** In order of the first change. */
  readonly #originals: Map<string, ControlValue>;
  readonly #external: ExternalChanges;

  /** @param originals what an earlier thread could not restore */
  constructor(device: ControlDevice, host: ControlHost, originals: RawControlValues) {
    this.#device = device;
    this.#host = host;
    this.#originals = new Map(Object.entries(originals));
    this.#external = new ExternalChanges(device);
  }

  /** Throws `CAPTURE_NO_CONTROLS`. */
  list(): readonly CameraControl[] {
    const controls = this.#device.controls();
    if (controls.length === 0) throw noControls();
    return controls.map(withoutId);
  }

  /**
   * Sets all or none on bad names and values; controls that the camera refuses are named after the others are set. An
   * amount whose automatic is on turns that off, unless the automatic itself is among the values.
   */
  set(values: ControlValues): readonly CameraControl[] {
    const controls = this.#device.controls();
    return this.#apply(controls, readValues(controls, values));
  }

  /** Sets values in place of all that were set until now: the others get their original values back. */
  replace(values: ControlValues): readonly CameraControl[] {
    const controls = this.#device.controls();
    return this.#replaceAll(controls, readValues(controls, values));
  }

  /** Sets what was configured, at each start. A value that cannot be set is a warning and does not stop the camera. */
  begin(values: ControlValues): void {
    const controls = this.#device.controls();
    const warn = (message: string): void => this.#host.log('warn', message);
    try {
      this.#replaceAll(controls, fitValues(controls, values, warn));
    } catch (error) {
      if (codeOf(error) !== 'CAPTURE_CONTROL_REFUSED') throw error;
      warn(recordOf(error).message);
    }
    this.#device.watch();
  }

  /**
   * What other programs have changed since the last call, without controls that have no effect now or that the camera
   * changes by itself. Cheap while there is nothing. Original values stay what they were.
   */
  noticed(): Noticed | undefined {
    if (!this.#external.gather()) return undefined;
    const controls = this.#device.controls();
    const changed = this.#external.take(controls);
    if (changed.length === 0) return undefined;
    this.#host.log('info', `another program has set ${listed(changed)}`);
    return { controls: controls.map(withoutId), changed: changed.map(({ name }) => name) };
  }

  /** Restores the original values. */
  restore(): void {
    if (this.#originals.size === 0) return;
    this.#restoreValues(this.#device.controls(), new Map(this.#originals));
    this.#originals.clear();
    this.#host.originals({});
  }

  #replaceAll(controls: readonly DeviceControl[], values: ReadValues): readonly CameraControl[] {
    // Restored, a switch would only have to be turned off again.
    const needed = automaticsOf(controls, values.keys()).map(({ control }) => control.name);
    const staying = new Set([...values.keys(), ...needed]);
    const leaving = new Map([...this.#originals].filter(([name]) => !staying.has(name)));
    if (leaving.size === 0) return this.#apply(controls, values);
    this.#external.gather();
    this.#restoreValues(controls, leaving);
    const after = this.#device.controls();
    this.#external.settle(leaving.keys(), after);
    return this.#apply(after, values);
  }

  #apply(controls: readonly DeviceControl[], requested: ReadValues): readonly CameraControl[] {
    this.#external.gather();
    const values = new Map([...this.#switchedOff(controls, requested), ...requested]);
    const refused = setControls(this.#device, switchesFirst(controls, values), (name) =>
      this.#remember(controls, name),
    );
    this.#host.originals(Object.fromEntries(this.#originals));
    const after = this.#device.controls();
    this.#external.settle(values.keys(), after);
    for (const { name } of refused) values.delete(name);
    this.#logDifferences(after, values);
    if (refused.length > 0) throw refusal(refused);
    return after.map(withoutId);
  }

  /** The automatics that keep requested amounts from being set and are not requested themselves, with their manual values. */
  #switchedOff(controls: readonly DeviceControl[], requested: ReadValues): Map<string, number> {
    const values = new Map<string, number>();
    for (const { control, on, manual, amount } of automaticsOf(controls, requested.keys())) {
      const { name, value } = control;
      if (!on || value === undefined || requested.has(name) || values.has(name)) continue;
      values.set(name, manual);
      const change = `from ${controlText(control, value)} to ${controlText(control, manual)}`;
      this.#host.log('info', `control ${name} is switched ${change}, so that ${amount} can be set`);
    }
    return values;
  }

  /** A value that the device has taken back is no longer remembered. */
  #restoreValues(controls: readonly DeviceControl[], originals: ReadValues): void {
    const inTheWay = automaticsOf(controls, originals.keys()).filter(({ on }) => on);
    // If one is refused here, its amount is refused below.
    setControls(
      this.#device,
      inTheWay.map(({ control, manual }) => [control.name, manual]),
    );
    const present = inTheWay.map(({ control }) => [control.name, control.value as ControlValue] as const);
    const values = new Map([...present, ...originals]);
    // In reverse order: amounts before the switches that take them over.
    const refused = setControls(this.#device, switchesFirst(controls, values).reverse());
    for (const name of originals.keys()) if (!refused.some((one) => one.name === name)) this.#originals.delete(name);
    this.#logRestored(originals, refused);
  }

  #logRestored(originals: ReadValues, refused: readonly Refused[]): void {
    const list = [...originals].map(([name, value]) => `${name}=${value}`);
    if (refused.length > 0) this.#host.log('warn', `not all controls could be restored: ${refusal(refused).message}`);
    else this.#host.log('info', `controls restored: ${list.join(', ')}`);
  }

  #remember(controls: readonly DeviceControl[], name: string): void {
    const control = controls.find((candidate) => candidate.name === name);
    if (control?.value === undefined || this.#originals.has(name)) return;
    this.#originals.set(name, control.value);
    this.#host.log('info', `control ${name} was ${controlText(control, control.value)}; it is restored at the end`);
  }

  #logDifferences(controls: readonly DeviceControl[], values: ReadValues): void {
    for (const control of controls) {
      const requested = values.get(control.name);
      const { value, volatile, name } = control;
      if (requested === undefined || value === undefined || volatile || value === requested) continue;
      const [given, asked] = [controlText(control, value), controlText(control, requested)];
      this.#host.log('warn', `control ${name}: the camera took ${given} instead of ${asked}`);
    }
  }
}

function withoutId({ id: _, ...control }: DeviceControl): CameraControl {
  return control;
}

function listed(controls: readonly CameraControl[]): string {
  return controls.map((control) => `${control.name}=${controlText(control, control.value ?? '')}`).join(', ');
}

/**
 * Separates what other programs change from what follows from framehub's own changes: devices announce both alike, such
 * as an exposure time when its automatic is switched off.
 */
class ExternalChanges {
  readonly #device: ControlDevice;
  /** Values as last seen. */
  readonly #seen = new Map<string, ControlValue | undefined>();
  readonly #announced = new Set<string>();

  constructor(device: ControlDevice) {
    this.#device = device;
  }

  /** Reads the device's announcements, which has to be done before each own change. @returns whether there are any */
  gather(): boolean {
    for (const name of this.#device.changes()) this.#announced.add(name);
    return this.#announced.size > 0;
  }

  /** After an own change of these controls, with all controls as they are now. */
  settle(own: Iterable<string>, controls: readonly DeviceControl[]): void {
    for (const name of own) this.#announced.delete(name);
    this.#see(controls);
  }

  /** Controls that were announced and whose value has changed, and that have an effect. Forgets them. */
  take(controls: readonly DeviceControl[]): DeviceControl[] {
    const changed = controls.filter(
      ({ name, value, inactive, volatile }) =>
        this.#announced.has(name) && !inactive && !volatile && value !== this.#seen.get(name),
    );
    this.#announced.clear();
    this.#see(controls);
    return changed;
  }

  /** Values that were announced and not taken yet are still to be compared. */
  #see(controls: readonly DeviceControl[]): void {
    for (const { name, value } of controls) if (!this.#announced.has(name)) this.#seen.set(name, value);
  }
}

/** A value that the device did not take. */
interface Refused {
  readonly name: string;
  readonly value: ControlValue;
  readonly code: string;
  readonly reason: string;
}

type NamedValue = readonly [name: string, value: ControlValue];

/**
 * Sets values in this order, and again those that were refused as long as others succeed meanwhile: an exposure time can
 * be set only once automatic exposure is off. Throws `ENODEV`.
 *
 * @param before called with each name before its value is set
 */
function setControls(
  device: ControlDevice,
  values: readonly NamedValue[],
  before: (name: string) => void = () => {},
): Refused[] {
  let left = values;
  for (;;) {
    const refused = left.flatMap(([name, value]) => {
      before(name);
      return attempt(device, name, value);
    });
    if (refused.length === 0 || refused.length === left.length) return refused;
    left = refused.map(({ name, value }) => [name, value]);
  }
}

function attempt(device: ControlDevice, name: string, value: ControlValue): Refused[] {
  try {
    device.set(name, value);
    return [];
  } catch (error) {
    if (codeOf(error) === 'ENODEV') throw error;
    const { code, message } = recordOf(error);
    return [{ name, value, code, reason: message }];
  }
}

/** Switches (automatic exposure) decide whether amounts (exposure time) can be set; buttons act on what is set. */
function switchesFirst(controls: readonly DeviceControl[], values: Iterable<NamedValue>): NamedValue[] {
  const placeOf = ([name]: NamedValue): number => {
    const type = controls.find((control) => control.name === name)?.type;
    return type === 'boolean' || type === 'menu' ? 0 : type === 'button' ? 2 : 1;
  };
  return [...values].sort((a, b) => placeOf(a) - placeOf(b));
}

/** One error for all. A device refuses an amount that its automatic controls with `EACCES`. */
function refusal(refused: readonly Refused[]): FramehubError {
  const [first] = refused;
  const names = refused.map(({ name }) => name);
  const advice = first?.code === 'EACCES' ? ': switch its automatic off first' : '';
  const message = `the camera refuses ${names.join(', ')} for now (${first?.reason})${advice}`;
  return new FramehubError('CAPTURE_CONTROL_REFUSED', message, { names });
}

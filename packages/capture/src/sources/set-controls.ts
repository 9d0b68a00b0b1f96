import { type ControlValue, codeOf, FramehubError, recordOf } from '@framehub/frame';
import type { DeviceControl } from './automatics.js';
import type { ControlDevice } from './device-controls.js';

/** A value that the device did not take. */
export interface Refused {
  readonly name: string;
  readonly value: ControlValue;
  readonly code: string;
  readonly reason: string;
}

type NamedValue = readonly [name: string, value: ControlValue];

/**
 * Sets values in this order, and again those that were refused as long as others succeed meanwhile: an exposure time can
 * be set only once automatic exposure is off, and who set it first did not mean to be refused. Throws `ENODEV`.
 * @param before is told of each value before it is set
 */
export function setControls(
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
export function switchesFirst(controls: readonly DeviceControl[], values: Iterable<NamedValue>): NamedValue[] {
  const placeOf = ([name]: NamedValue): number => {
    const type = controls.find((control) => control.name === name)?.type;
    return type === 'boolean' || type === 'menu' ? 0 : type === 'button' ? 2 : 1;
  };
  return [...values].sort((a, b) => placeOf(a) - placeOf(b));
}

/** As one error. A device says `EACCES` to an amount that its automatic has in hand. */
export function refusal(refused: readonly Refused[]): FramehubError {
  const [first] = refused;
  const names = refused.map(({ name }) => name);
  const advice = first?.code === 'EACCES' ? ': switch its automatic off first' : '';
  const message = `the camera refuses ${names.join(', ')} for now (${first?.reason})${advice}`;
  return new FramehubError('CAPTURE_CONTROL_REFUSED', message, { names });
}

import type { CameraControl, MenuItem } from '../control.js';
import { jsonValue } from './json-value.js';

/** A control as JSON tells it: numbers of 64 bits may be digits in a text. */
export interface ControlReport extends Omit<CameraControl, keyof Values | 'menu'>, Values {
  readonly menu: MenuItem[] | null;
}

interface Values {
  readonly value: number | string | null;
  readonly minimum: number | string;
  readonly maximum: number | string;
  readonly step: number | string;
  readonly default: number | string;
}

export function reportControls(controls: readonly CameraControl[]): ControlReport[] {
  return controls.map((control) => ({
    ...control,
    value: control.value === undefined ? null : jsonValue(control.value),
    minimum: jsonValue(control.minimum),
    maximum: jsonValue(control.maximum),
    step: jsonValue(control.step),
    default: jsonValue(control.default),
    menu: control.menu ? [...control.menu] : null,
  }));
}

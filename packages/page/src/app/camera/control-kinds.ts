import type { CameraControl, ControlValues } from '@framehub/client';

/** A text has none, and a button no value at all. */
export function hasDefault({ type, value }: CameraControl): boolean {
  return type !== 'string' && type !== 'button' && type !== 'other' && value !== null;
}

/** Whether it cannot be set, for now or ever. */
export function isLocked({ inactive, readOnly, grabbed }: CameraControl): boolean {
  return inactive || readOnly || grabbed;
}

/** What takes all controls to their defaults: of those that have one, can be set now, and have another value. */
export function defaultsOf(controls: readonly CameraControl[]): ControlValues {
  const others = controls.filter(
    (control) => hasDefault(control) && !isLocked(control) && control.value !== control.default,
  );
  return Object.fromEntries(others.map((control) => [control.name, control.default]));
}

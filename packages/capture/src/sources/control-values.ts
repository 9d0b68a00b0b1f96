import { type CameraControl, FramehubError } from '@framehub/frame';

/**
 * Checks values against the controls a camera has. Throws `CAPTURE_NO_CONTROLS`, `CAPTURE_CONTROL_UNKNOWN`,
 * `CAPTURE_CONTROL_READ_ONLY` or `CAPTURE_CONTROL_RANGE`.
 */
export function checkControlValues(controls: readonly CameraControl[], values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) checkValue(controls, name, value);
}

function checkValue(controls: readonly CameraControl[], name: string, value: number): void {
  if (controls.length === 0) throw noControls();
  const control = controls.find((candidate) => candidate.name === name);
  if (!control) {
    const names = controls.map((candidate) => candidate.name);
    throw new FramehubError(
      'CAPTURE_CONTROL_UNKNOWN',
      `there is no control ${name}; this camera has ${names.join(', ')}`,
      {
        name,
        names,
      },
    );
  }
  if (control.readOnly)
    throw new FramehubError('CAPTURE_CONTROL_READ_ONLY', `control ${name} can be read but not set`, { name });
  if (!isAllowed(control, value)) throw outOfRange(control, value);
}

export function noControls(): FramehubError {
  return new FramehubError('CAPTURE_NO_CONTROLS', 'this source has no controls');
}

function isAllowed({ type, menu, minimum, maximum, step }: CameraControl, value: number): boolean {
  if (!Number.isSafeInteger(value)) return false;
  // Pressed, not set: drivers take any number.
  if (type === 'button') return true;
  if (menu && menu.length > 0) return menu.some((item) => item.value === value);
  return value >= minimum && value <= maximum && (step <= 1 || (value - minimum) % step === 0);
}

function outOfRange({ name, menu, minimum, maximum, step }: CameraControl, value: number): FramehubError {
  const items = menu?.map((item) => `${item.value} (${item.label})`).join(', ');
  const steps = step > 1 ? ` in steps of ${step}` : '';
  const allowed = items || `a whole number from ${minimum} to ${maximum}${steps}`;
  return new FramehubError('CAPTURE_CONTROL_RANGE', `control ${name} cannot be ${value}: allowed is ${allowed}`, {
    name,
    value,
    allowed,
  });
}

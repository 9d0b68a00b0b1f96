import type { CameraControl } from '@framehub/frame';

const BRIGHTNESS: CameraControl = {
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

/** A number, a switch, and a 64-bit number that a double cannot represent. */
export const CONTROLS: readonly CameraControl[] = [
  BRIGHTNESS,
  { ...BRIGHTNESS, name: 'white_balance_automatic', type: 'boolean', value: 1, maximum: 1 },
  { ...BRIGHTNESS, name: 'offset', label: 'Offset', type: 'integer64', value: 2n ** 62n, maximum: 2n ** 63n - 1n },
];

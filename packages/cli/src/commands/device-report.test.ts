import test from 'ava';
import type { Control, ControlFlags } from 'node-v4l2-camera';
import { type DeviceReport, describeControl, describeDevice, deviceJson } from './devices.js';

const flags: ControlFlags = {
  disabled: false,
  grabbed: false,
  readOnly: false,
  inactive: false,
  volatile: false,
  writeOnly: false,
};

function control(name: string, more: Partial<Control> = {}): Control {
  const type = 'integer';
  const numbers = { minimum: 0, maximum: 255, step: 1, default: 128, value: 128 };
  return { id: 1, name, label: name, type, ...numbers, menu: undefined, flags, ...more };
}

const described: readonly [string, Control, string][] = [
  ['a number', control('brightness'), 'brightness = 128   integer 0 to 255, default 128'],
  [
    'a number in steps that has no effect now',
    control('focus_absolute', { step: 5, flags: { ...flags, inactive: true } }),
    'focus_absolute = 128   integer 0 to 255 by 5, default 128, no effect now',
  ],
  [
    'a switch',
    control('backlight', { type: 'boolean', maximum: 1, default: 1, value: 0 }),
    'backlight = 0   boolean, default 1',
  ],
  [
    'a menu',
    control('power_line_frequency', {
      type: 'menu',
      value: 1,
      default: 0,
      menu: [
        { value: 0, label: 'Disabled' },
        { value: 1, label: '50 Hz' },
      ],
    }),
    'power_line_frequency = 1 (50 Hz)   menu: 0 Disabled, 1 50 Hz; default 0',
  ],
  [
    'a menu of numbers',
    control('bitrate', { type: 'integer-menu', value: 0, default: 0, menu: [{ value: 0, label: '42' }] }),
    'bitrate = 0 (42)   integer-menu: 0 42; default 0',
  ],
  ['a button', control('reset', { type: 'button', value: undefined }), 'reset   button'],
  [
    'a number of 64 bits',
    control('big', {
      type: 'integer64',
      minimum: -(2n ** 63n),
      maximum: 2n ** 63n - 1n,
      step: 1n,
      default: 0n,
      value: 5n,
    }),
    'big = 5   integer64 -9223372036854775808 to 9223372036854775807, default 0',
  ],
  [
    'bits',
    control('leds', { type: 'bitmask', maximum: 0xff, default: 0x10, value: 3 }),
    'leds = 3   bitmask up to 0xff, default 0x10',
  ],
  [
    'a text',
    control('title', { type: 'string', maximum: 32, value: 'bed' }),
    'title = bed   string of 0 to 32 characters',
  ],
  [
    'one that the camera changes by itself',
    control('gain', { flags: { ...flags, volatile: true, readOnly: true } }),
    'gain = 128   integer 0 to 255, default 128, read-only, changed by the camera itself',
  ],
];

for (const [what, one, line] of described) {
  test(`a control in one line: ${what}`, (t) => t.is(describeControl(one), line));
}

const report: DeviceReport = {
  index: 1,
  twins: [0],
  source: 'port:usb-0000:00:14.0-2',
  card: 'Camera',
  path: '/dev/video2',
  busInfo: 'usb-0000:00:14.0-2',
  byId: [],
  byPath: [],
  usb: { vendorId: '046d', productId: '082d' },
  formats: [{ fourcc: 'MJPG', description: '', compressed: true, emulated: false, sizes: [] }],
  controls: [control('big', { value: 2n ** 62n, minimum: 1n })],
};

test('the first line under a camera is for the configuration', (t) => {
  t.deepEqual(describeDevice(report).slice(0, 5), [
    '1: Camera',
    '     source: port:usb-0000:00:14.0-2',
    '     also    /dev/video2',
    '     also    usb:046d:082d',
    '     same identity as 0: only the port differs',
  ]);
  const odd = describeDevice({ ...report, source: 'usb:046d:082d: #1' })[1];
  t.is(odd, '     source: "usb:046d:082d: #1"');
});

test('in JSON no number loses digits', (t) => {
  const [device] = JSON.parse(deviceJson([report])) as { controls: object[] }[];
  t.like(device?.controls[0], { value: '4611686018427387904', minimum: 1 });
});

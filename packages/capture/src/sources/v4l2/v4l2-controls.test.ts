import test from 'ava';
import { type Control, type ControlValue, V4l2Error } from 'node-v4l2-camera';
import { V4l2Controls } from './v4l2-controls.js';

const flags = { disabled: false, grabbed: false, readOnly: false, inactive: false, volatile: false, writeOnly: false };
const control = (id: number, name: string, type: Control['type'], maximum: number, value: number): Control => ({
  id,
  name,
  label: name,
  type,
  minimum: 0,
  maximum,
  step: 1,
  default: 0,
  value,
  menu: type === 'menu' ? [1, 3].map((item) => ({ value: item, label: `mode ${item}` })) : undefined,
  flags,
});

/** Refuses as a UVC camera does: an exposure time while exposure is automatic. */
class Webcam {
  readonly values = new Map([
    ['brightness', 128],
    ['exposure_time_absolute', 157],
    ['auto_exposure', 3],
  ]);
  readonly calls: string[] = [];

  controls(): Control[] {
    return [
      control(1, 'brightness', 'integer', 255, this.values.get('brightness') ?? 0),
      control(2, 'exposure_time_absolute', 'integer', 5000, this.values.get('exposure_time_absolute') ?? 0),
      control(3, 'auto_exposure', 'menu', 3, this.values.get('auto_exposure') ?? 0),
      { ...control(4, 'serial', 'integer', 9, 7), flags: { ...flags, readOnly: true } },
      { ...control(5, 'hidden', 'integer', 9, 7), flags: { ...flags, disabled: true } },
    ];
  }

  setControl(name: number | string, value: ControlValue): ControlValue {
    if (name === 'exposure_time_absolute' && this.values.get('auto_exposure') === 3)
      throw new V4l2Error('EACCES', 13, 'VIDIOC_S_EXT_CTRLS', '/dev/video0', 'the camera does not allow this now');
    this.calls.push(`${name}=${value}`);
    this.values.set(String(name), Number(value));
    return value;
  }
}

function setting(originals: Readonly<Record<string, number>> = {}) {
  const camera = new Webcam();
  const said: string[] = [];
  const kept: Readonly<Record<string, number>>[] = [];
  const controls = new V4l2Controls(
    camera,
    { log: (level, message) => said.push(`${level}: ${message}`), originals: (values) => kept.push(values) },
    originals,
  );
  return { camera, controls, said, kept };
}

const FACTORY = { brightness: 128, exposure_time_absolute: 157, auto_exposure: 3 };

test('automatic exposure is switched off before its time is set, whoever is named first', (t) => {
  const { camera, controls } = setting();
  controls.set({ exposure_time_absolute: 300, auto_exposure: 1 });
  t.deepEqual(camera.calls, ['auto_exposure=1', 'exposure_time_absolute=300']);
});

test('restoring puts back what the camera had, whatever the order and the state it is in', (t) => {
  const { camera, controls, kept } = setting();
  controls.set({ auto_exposure: 1, exposure_time_absolute: 300 });
  controls.set({ brightness: 10 });
  controls.set({ brightness: 20, exposure_time_absolute: 400 });
  t.deepEqual(kept.at(-1), FACTORY);
  controls.restore();
  t.deepEqual(Object.fromEntries(camera.values), FACTORY);
  t.deepEqual(kept.at(-1), {}, 'nothing is left to put back');
});

test('an exposure time is put back although exposure is automatic by now', (t) => {
  const { camera, controls, said } = setting();
  camera.values.set('auto_exposure', 1);
  controls.set({ exposure_time_absolute: 300 });
  controls.set({ auto_exposure: 3 });
  controls.restore();
  t.deepEqual(Object.fromEntries(camera.values), { ...FACTORY, auto_exposure: 1 });
  t.false(said.some((line) => line.startsWith('warn')));
});

test('originals are logged when a control is first changed', (t) => {
  const { controls, said } = setting();
  controls.set({ brightness: 10 });
  controls.set({ brightness: 20 });
  t.deepEqual(said, ['info: control brightness was 128; it is put back at the end']);
});

test('what a thread before could not put back is put back', (t) => {
  const { camera, controls } = setting({ brightness: 99 });
  controls.set({ brightness: 20 });
  controls.restore();
  t.is(camera.values.get('brightness'), 99);
});

test('what the camera refuses is named, and the rest is set', (t) => {
  const { camera, controls } = setting();
  const error = t.throws(() => controls.set({ exposure_time_absolute: 300, brightness: 20 }), {
    code: 'CAPTURE_CONTROL_REFUSED',
  });
  t.regex(error.message, /exposure_time_absolute.*automatic off first/);
  t.is(camera.values.get('brightness'), 20);
});

for (const [values, code, message] of [
  [{ brightness: 20, zoom: 1 }, 'CAPTURE_CONTROL_UNKNOWN', /zoom; this camera has brightness, exposure_time_absolute/],
  [{ brightness: 20, auto_exposure: 2 }, 'CAPTURE_CONTROL_RANGE', /allowed is 1 \(mode 1\), 3 \(mode 3\)/],
  [{ brightness: 20, exposure_time_absolute: 6000 }, 'CAPTURE_CONTROL_RANGE', /from 0 to 5000/],
  [{ brightness: 20, serial: 1 }, 'CAPTURE_CONTROL_READ_ONLY', /serial/],
  [{ brightness: 20, hidden: 1 }, 'CAPTURE_CONTROL_UNKNOWN', /hidden/],
] as const) {
  test(`${JSON.stringify(values)} is refused as a whole`, (t) => {
    const { camera, controls } = setting();
    t.regex(t.throws(() => controls.set(values), { code }).message, message);
    t.deepEqual(camera.calls, []);
  });
}

test('configured values that are not possible cost a warning, and no other value', (t) => {
  const { camera, controls, said } = setting();
  controls.begin({ brightness: 20, zoom: 1, exposure_time_absolute: 300 });
  t.deepEqual(camera.calls, ['brightness=20']);
  t.is(said.filter((line) => line.startsWith('warn')).length, 2);
});

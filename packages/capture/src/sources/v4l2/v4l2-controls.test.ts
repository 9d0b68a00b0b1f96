import test from 'ava';
import { type Control, type ControlEvent, type ControlValue, V4l2Error } from 'node-v4l2-camera';
import type { RawControlValues } from '../../messages.js';
import { V4l2Controls } from './v4l2-controls.js';

const flags = { disabled: false, grabbed: false, readOnly: false, inactive: false, volatile: false, writeOnly: false };
const control = (id: number, name: string, type: Control['type'], value: Control['value']): Control => ({
  id,
  name,
  label: name,
  type,
  minimum: 0,
  maximum: 255,
  step: 1,
  default: 0,
  value,
  menu: undefined,
  flags,
});
const menu = [
  { value: 1, label: 'Manual Mode' },
  { value: 3, label: 'Aperture Priority Mode' },
];

/** What a USB camera does under an older kernel: names of before 5.19, and EACCES while exposure is automatic. */
class Webcam {
  readonly list: Control[] = [
    control(0x980900, 'brightness', 'integer', 128),
    { ...control(0x9a0902, 'exposure_absolute', 'integer', 157), maximum: 5000 },
    { ...control(0x9a0901, 'exposure_auto', 'menu', 3), maximum: 3, menu },
    { ...control(4, 'serial', 'integer', 7), flags: { ...flags, readOnly: true } },
    { ...control(5, 'hidden', 'integer', 7), flags: { ...flags, disabled: true } },
    { ...control(6, 'temperature', 'integer', 40), flags: { ...flags, volatile: true, readOnly: true } },
    { ...control(7, 'gain', 'integer', 1), flags: { ...flags, grabbed: true, inactive: true } },
    { ...control(8, 'link_frequency', 'integer-menu', 0), maximum: 1 },
    { ...control(9, 'offset', 'integer64', 5n), minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n, step: 1n, default: 0n },
    { ...control(10, 'mask', 'bitmask', 0x80000000), maximum: 0x80002000 },
    { ...control(11, 'label', 'string', 'abc'), maximum: 8 },
    { ...control(12, 'press', 'button', undefined), maximum: 0 },
    control(13, 'area', 'compound', undefined),
  ];
  readonly calls: string[] = [];
  events: ControlEvent[] = [];
  watched = false;

  controls(): Control[] {
    return this.list.map((one) => ({ ...one }));
  }

  setControl(name: number | string, value: ControlValue): ControlValue {
    const wanted = this.list.find((one) => one.name === name);
    if (!wanted)
      throw new V4l2Error(`no control ${name}`, {
        code: 'ENOENT',
        errno: 2,
        syscall: 'VIDIOC_QUERYCTRL',
        path: '/dev/video0',
      });
    if (name === 'exposure_absolute' && this.valueOf('exposure_auto') === 3)
      throw new V4l2Error('the camera does not allow this now', {
        code: 'EACCES',
        errno: 13,
        syscall: 'VIDIOC_S_CTRL',
        path: '/dev/video0',
      });
    if (wanted.flags.grabbed)
      throw new V4l2Error('in use', { code: 'EBUSY', errno: 16, syscall: 'VIDIOC_S_CTRL', path: '/dev/video0' });
    this.calls.push(`${name}=${value}`);
    if (wanted.type !== 'button') Object.assign(wanted, { value: wanted.type === 'integer64' ? BigInt(value) : value });
    return value;
  }

  watchControls(): boolean {
    this.watched = true;
    return true;
  }

  controlEvents(): readonly ControlEvent[] {
    return this.watched ? this.events.splice(0) : [];
  }

  valueOf(name: string): ControlValue | undefined {
    return this.list.find((one) => one.name === name)?.value;
  }

  /** As the driver reports it; of a control that hangs on another, its flags change too. */
  changeElsewhere(name: string, value: ControlValue, changes: Partial<ControlEvent> = {}): void {
    const changed = this.list.find((one) => one.name === name);
    if (!changed) throw new Error(name);
    Object.assign(changed, { value });
    const { id } = changed;
    this.events.push({ id, name, value, valueChanged: true, flagsChanged: false, rangeChanged: false, ...changes });
  }
}

function setting(originals: RawControlValues = {}) {
  const camera = new Webcam();
  const said: string[] = [];
  const kept: RawControlValues[] = [];
  const controls = new V4l2Controls(
    camera,
    { log: (level, message) => said.push(`${level}: ${message}`), originals: (values) => kept.push(values) },
    originals,
  );
  return { camera, controls, said, kept };
}

test('controls of every type are listed, with flags, ranges and menus', (t) => {
  const { controls } = setting();
  const all = controls.list();
  const one = (name: string) => all.find((candidate) => candidate.name === name);
  t.deepEqual(one('exposure_auto'), {
    name: 'exposure_auto',
    label: 'exposure_auto',
    type: 'menu',
    value: 3,
    minimum: 0,
    maximum: 3,
    step: 1,
    default: 0,
    menu,
    inactive: false,
    readOnly: false,
    volatile: false,
    grabbed: false,
  });
  t.is(one('hidden'), undefined, 'of no use at all');
  t.like(one('temperature'), { volatile: true, readOnly: true });
  t.like(one('gain'), { grabbed: true, inactive: true, readOnly: false });
  t.like(one('link_frequency'), { type: 'menu' });
  t.like(one('offset'), { type: 'integer64', value: 5, maximum: 2n ** 63n - 1n, step: 1 });
  t.like(one('mask'), { type: 'bitmask', value: 0x80000000, maximum: 0x80002000 });
  t.like(one('label'), { type: 'string', value: 'abc', readOnly: false });
  t.like(one('press'), { type: 'button', value: undefined });
  t.like(one('area'), { type: 'other', readOnly: true }, 'values of which nothing is known');
});

test('controls of every type are set and restored', (t) => {
  const { camera, controls, kept } = setting();
  const before = camera.controls();
  controls.set({ offset: '-4611686018427387905', mask: 0x2000, label: 'xyz', press: true, link_frequency: 1 });
  t.deepEqual(
    camera.calls.toSorted(),
    ['label=xyz', 'link_frequency=1', 'mask=8192', 'offset=-4611686018427387905', 'press=1'].toSorted(),
  );
  t.deepEqual(kept.at(-1), { offset: 5, mask: 0x80000000, label: 'abc', link_frequency: 0 });
  controls.set({ offset: 2n ** 62n });
  t.is(controls.list().find(({ name }) => name === 'offset')?.value, 2n ** 62n);
  controls.restore();
  t.deepEqual(camera.controls(), before);
});

test('a configuration with the names of a newer kernel holds, and the other way round', (t) => {
  const { camera, controls } = setting();
  controls.begin({ exposure_time_absolute: 300, auto_exposure: 'manual mode' });
  t.deepEqual(camera.calls, ['exposure_auto=1', 'exposure_absolute=300']);
});

test('known automatics are found by their numbers, whatever they are called', (t) => {
  const { camera, controls } = setting();
  controls.set({ exposure_time_absolute: 300 });
  t.deepEqual(camera.calls, ['exposure_auto=1', 'exposure_absolute=300']);
  controls.restore();
  t.is(camera.valueOf('exposure_auto'), 3);
  t.is(camera.valueOf('exposure_absolute'), 157);
});

test('what the camera refuses is named with its reason, and the rest is set', (t) => {
  const { camera, controls } = setting();
  const error = t.throws(() => controls.set({ gain: 2, brightness: 20 }), { code: 'CAPTURE_CONTROL_REFUSED' });
  t.is(error.message, 'the camera refuses gain for now (in use)');
  t.is(camera.valueOf('brightness'), 20);
  const kept = { exposure_time_absolute: 300, auto_exposure: 3 };
  t.throws(() => controls.set(kept), { code: 'CAPTURE_CONTROL_REFUSED', message: /automatic off first$/ });
});

test('a camera that is gone is no refusal', (t) => {
  const { camera, controls } = setting();
  camera.setControl = () => {
    throw new V4l2Error('the camera is gone', {
      code: 'ENODEV',
      errno: 19,
      syscall: 'VIDIOC_S_CTRL',
      path: '/dev/video0',
    });
  };
  t.throws(() => controls.set({ brightness: 20 }), { code: 'ENODEV' });
});

test('values of other programs are noticed by events, from the start on', (t) => {
  const { camera, controls, said } = setting();
  controls.begin({ brightness: 20 });
  camera.changeElsewhere('brightness', 30);
  camera.changeElsewhere('offset', 6n);
  t.deepEqual(controls.noticed()?.changed, ['brightness', 'offset']);
  t.is(said.at(-1), 'info: another program has set brightness=30, offset=6');
});

test('what the camera changes by itself, or flags only, is not noticed', (t) => {
  const { camera, controls } = setting();
  controls.begin({});
  camera.changeElsewhere('temperature', 41);
  camera.changeElsewhere('gain', 2);
  camera.changeElsewhere('exposure_absolute', 200, { valueChanged: false, flagsChanged: true });
  t.is(controls.noticed(), undefined);
});

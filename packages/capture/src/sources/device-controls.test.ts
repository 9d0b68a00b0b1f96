import type { ControlValue } from '@framehub/frame';
import test from 'ava';
import type { RawControlValues } from '../messages.js';
import { DeviceControls } from './device-controls.js';
import { PatternControls } from './pattern/pattern-controls.js';

/** The test pattern's controls, with a record of what was set: an exposure time only while exposure is manual. */
class Camera extends PatternControls {
  readonly calls: string[] = [];
  announced: string[] = [];

  override set(name: string, value: ControlValue): void {
    super.set(name, value);
    this.calls.push(`${name}=${value}`);
  }

  override changes(): readonly string[] {
    return this.announced.splice(0);
  }

  /** As another program does it. */
  setElsewhere(name: string, value: ControlValue): void {
    super.set(name, value);
    this.announced.push(name);
  }

  get values(): Record<string, ControlValue | undefined> {
    return Object.fromEntries(this.controls().map(({ name, value }) => [name, value]));
  }
}

const FACTORY = new Camera().values;

function setting(originals: RawControlValues = {}) {
  const camera = new Camera();
  const said: string[] = [];
  const originalsTold: RawControlValues[] = [];
  const host = {
    log: (level: string, message: string) => said.push(`${level}: ${message}`),
    originals: (values: RawControlValues) => originalsTold.push(values),
  };
  const controls = new DeviceControls(camera, host, originals);
  const warnings = (): string[] => said.filter((line) => line.startsWith('warn'));
  return { camera, controls, said, warnings, originalsTold };
}

test('automatic exposure is switched off before its time is set, in whatever order they are given', (t) => {
  const { camera, controls } = setting();
  controls.set({ exposure_time_absolute: 300, auto_exposure: 'Manual Mode' });
  t.deepEqual(camera.calls, ['auto_exposure=1', 'exposure_time_absolute=300']);
});

test('an amount whose automatic is on switches that off, logs it, and restores it at the end', (t) => {
  const { camera, controls, said, originalsTold } = setting();
  controls.set({ exposure_time_absolute: 300 });
  t.deepEqual(camera.calls, ['auto_exposure=1', 'exposure_time_absolute=300']);
  const line =
    'info: control auto_exposure is switched from 0 (Auto Mode) to 1 (Manual Mode), so that exposure_time_absolute can be set';
  t.is(said.filter((one) => one === line).length, 1);
  t.deepEqual(originalsTold.at(-1), { auto_exposure: 0, exposure_time_absolute: 250 });
  controls.set({ exposure_time_absolute: 400 });
  t.is(camera.calls.filter((call) => call === 'auto_exposure=1').length, 1, 'once is enough');
  controls.restore();
  t.deepEqual(camera.values, FACTORY);
  t.deepEqual(originalsTold.at(-1), {}, 'nothing is left to put back');
});

test('an automatic that is requested itself is left on, and an amount that it controls is refused', (t) => {
  const { camera, controls } = setting();
  const error = t.throws(() => controls.set({ auto_exposure: 0, exposure_time_absolute: 300, brightness: 20 }), {
    code: 'CAPTURE_CONTROL_REFUSED',
  });
  t.is(
    error.message,
    'the camera refuses exposure_time_absolute for now (exposure is automatic): switch its automatic off first',
  );
  t.like(camera.values, { auto_exposure: 0, exposure_time_absolute: 250, brightness: 20 });
});

test('all are set or none', (t) => {
  const { camera, controls } = setting();
  t.throws(() => controls.set({ brightness: 20, zoom: 1 }), { code: 'CAPTURE_CONTROL_UNKNOWN' });
  t.throws(() => controls.replace({ brightness: 20, ball_speed: 7 }), { code: 'CAPTURE_CONTROL_RANGE' });
  t.deepEqual(camera.calls, []);
});

test('what was set is read back, by the names that the camera has', (t) => {
  const { controls } = setting();
  const all = controls.set({ exposure_absolute: 300, title: 'shed' });
  const value = (name: string): unknown => all.find((control) => control.name === name)?.value;
  t.deepEqual([value('exposure_time_absolute'), value('title')], [300, 'shed']);
  t.deepEqual(all, controls.list());
  t.false(all.some((control) => 'id' in control));
});

test('originals are logged when a control is first changed', (t) => {
  const { controls, said } = setting();
  controls.set({ brightness: 10 });
  controls.set({ brightness: 20 });
  t.deepEqual(said, ['info: control brightness was 128; it is restored at the end']);
});

test('restoring puts back what the camera had, whatever was changed in between', (t) => {
  const { camera, controls, warnings } = setting();
  controls.set({ auto_exposure: 1, exposure_time_absolute: 300 });
  controls.set({ brightness: 10, title: 'shed', scene: 'Black' });
  controls.set({ brightness: 20, exposure_time_absolute: 400 });
  controls.restore();
  t.deepEqual(camera.values, FACTORY);
  t.deepEqual(warnings(), []);
});

test('an amount is restored although its automatic controls it by now', (t) => {
  for (const original of [0, 1]) {
    const { camera, controls, warnings } = setting();
    camera.set('auto_exposure', original);
    controls.set({ exposure_time_absolute: 300 });
    controls.set({ auto_exposure: 0 });
    controls.restore();
    t.deepEqual(camera.values, { ...FACTORY, auto_exposure: original });
    t.deepEqual(warnings(), []);
  }
});

test('an automatic that another program has switched on stays on when only its amount is restored', (t) => {
  const { camera, controls } = setting();
  camera.setElsewhere('auto_exposure', 1);
  controls.set({ exposure_time_absolute: 300 });
  camera.setElsewhere('auto_exposure', 0);
  controls.restore();
  t.deepEqual(camera.values, FACTORY);
});

test('values that an earlier thread could not restore are restored', (t) => {
  const { camera, controls } = setting({ brightness: 99, title: 'before' });
  controls.begin({ brightness: 20, title: 'now' });
  controls.restore();
  t.like(camera.values, { brightness: 99, title: 'before' });
});

test('a replacement puts back what it does not name, and forgets it as changed', (t) => {
  const { camera, controls, originalsTold } = setting();
  controls.replace({ exposure_time_absolute: 300, scene: 'Grey' });
  controls.replace({ brightness: 30 });
  t.deepEqual(camera.values, { ...FACTORY, brightness: 30 });
  t.deepEqual(originalsTold.at(-1), { brightness: 128 });
  controls.replace({});
  t.deepEqual(camera.values, FACTORY);
  t.deepEqual(originalsTold.at(-1), {});
});

test('a replacement takes the place of what was set one by one, too', (t) => {
  const { camera, controls } = setting();
  controls.set({ ball_speed: 8 });
  controls.replace({ brightness: 30 });
  t.deepEqual(camera.values, { ...FACTORY, brightness: 30 });
});

test('an automatic that the replacement needs off is not switched on in between', (t) => {
  const { camera, controls, originalsTold } = setting();
  controls.replace({ exposure_time_absolute: 300 });
  camera.calls.length = 0;
  controls.replace({ exposure_time_absolute: 500 });
  t.deepEqual(camera.calls, ['exposure_time_absolute=500']);
  t.deepEqual(originalsTold.at(-1), { auto_exposure: 0, exposure_time_absolute: 250 });
});

test('configured values that are not possible cost a warning, and no other value', (t) => {
  const { camera, controls, warnings } = setting();
  controls.begin({ brightness: 300, zoom: 1, auto_exposure: 0, exposure_time_absolute: 300, negative: true });
  t.deepEqual(camera.values, { ...FACTORY, brightness: 255, negative: 1 });
  t.is(warnings().length, 3);
});

test('a button is pressed once, after what is set with it, and never remembered', (t) => {
  const { camera, controls, originalsTold } = setting();
  controls.begin({ reset: true, brightness: 10 });
  t.deepEqual(camera.calls, ['brightness=10']);
  controls.set({ reset: true, negative: 1 });
  t.deepEqual(camera.calls, ['brightness=10', 'negative=1', 'reset=1']);
  t.deepEqual(originalsTold.at(-1), { brightness: 128, negative: 0 });
});

test('a camera that takes another value than requested is a warning', (t) => {
  const { camera, controls, warnings } = setting();
  const { set } = camera;
  camera.set = (name, value) => set.call(camera, name, Math.min(Number(value), 100));
  controls.set({ brightness: 150, ball_speed: 8 });
  t.deepEqual(warnings(), ['warn: control brightness: the camera took 100 instead of 150']);
});

test('what another program sets is noticed once, and its original stays what it was', (t) => {
  const { camera, controls, said } = setting();
  controls.begin({ brightness: 20 });
  t.is(controls.noticed(), undefined);
  camera.setElsewhere('brightness', 150);
  camera.setElsewhere('scene', 2);
  const noticed = controls.noticed();
  t.deepEqual(noticed?.changed, ['brightness', 'scene']);
  t.is(noticed?.controls.find(({ name }) => name === 'brightness')?.value, 150);
  t.is(said.at(-1), 'info: another program has set brightness=150, scene=2 (Black)');
  t.is(controls.noticed(), undefined);
  controls.restore();
  t.like(camera.values, { brightness: 128, scene: 2 });
});

test('what follows from our own changes, has no effect or is as before is not noticed', (t) => {
  const { camera, controls } = setting();
  controls.begin({});
  controls.set({ exposure_time_absolute: 300 });
  camera.announced.push('exposure_time_absolute', 'auto_exposure');
  t.is(controls.noticed(), undefined, 'our own');
  camera.setElsewhere('brightness', 128);
  t.is(controls.noticed(), undefined, 'as before');
  camera.setElsewhere('exposure_time_absolute', 500);
  camera.setElsewhere('auto_exposure', 0);
  t.deepEqual(controls.noticed()?.changed, ['auto_exposure'], 'the time is without effect');
});

test('what another program did before an own change is noticed after it', (t) => {
  const { camera, controls } = setting();
  controls.begin({});
  camera.setElsewhere('brightness', 150);
  camera.setElsewhere('scene', 2);
  controls.set({ scene: 1 });
  t.deepEqual(controls.noticed()?.changed, ['brightness'], 'and what we changed is ours');
});

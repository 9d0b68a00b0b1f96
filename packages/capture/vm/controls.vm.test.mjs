import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { V4l2Camera } from 'node-v4l2-camera';
import { loadVivid, plugCamera, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { failedWith, live, openCamera, until } from './helpers.mjs';

const PACKAGE = import.meta.resolve('@framehub/capture');
const { V4l2Controls } = await import(new URL('./sources/v4l2/v4l2-controls.js', PACKAGE).href);

/** Many times what the slowest takes; a hang has to end some time. */
const LIMIT = { timeout: 180_000 };

let device;
let camera;
let controls;
let logged;

/** Without a thread around them, which has little time to close: too little where all is emulated. */
function open(values = {}) {
  logged = [];
  camera = V4l2Camera.open(device.path);
  const log = (level, message) => logged.push(`${level}: ${message}`);
  controls = new V4l2Controls(camera, { log, originals: () => {} }, {});
  controls.begin(values);
}

function close() {
  controls?.restore();
  camera?.close();
  controls = camera = undefined;
}

const warnings = () => logged.filter((line) => line.startsWith('warn'));

/** Values as another program reads them. */
function read(...names) {
  const printed = v4l2ctl(device.path, '-C', names.join(','));
  return Object.fromEntries([...printed.matchAll(/^(\w+): '?([^'\n]*)/gm)].map(([, name, value]) => [name, value]));
}
const setElsewhere = (values) => v4l2ctl(device.path, '-c', values);

describe('a USB camera', () => {
  before(async () => {
    device = await plugCamera();
  });
  afterEach(close);
  after(() => device.stop());

  const NAMES = [
    'auto_exposure',
    'exposure_time_absolute',
    'exposure_dynamic_framerate',
    'brightness',
    'focus_automatic_continuous',
    'focus_absolute',
    'white_balance_automatic',
    'white_balance_temperature',
  ];

  test('amounts turn their automatics off, aloud, and all is put back at the end', LIMIT, () => {
    const originals = read(...NAMES);
    assert.equal(originals.auto_exposure[0], '3');
    open({ exposure_time_absolute: 300, white_balance_temperature: 5000, focus_absolute: 20 });
    assert.deepEqual(read(...NAMES), {
      ...originals,
      auto_exposure: '1 (Manual Mode)',
      exposure_time_absolute: '300',
      white_balance_automatic: '0',
      white_balance_temperature: '5000',
      focus_automatic_continuous: '0',
      focus_absolute: '20',
    });
    assert.ok(logged.some((line) => /auto_exposure is switched from 3 .* to 1 .*exposure_time_absolute/.test(line)));
    controls.set({ brightness: 7 });
    close();
    assert.deepEqual(read(...NAMES), originals);
    assert.deepEqual(warnings(), []);
  });

  test('the caller who names the automatic has its word, and what it hinders is refused', LIMIT, () => {
    open();
    assert.throws(() => controls.set({ auto_exposure: 3, exposure_time_absolute: 300 }), {
      code: 'CAPTURE_CONTROL_REFUSED',
      message: /exposure_time_absolute.*automatic off first/,
    });
  });

  test('all is put back, although the automatics are on again', LIMIT, () => {
    const originals = read(...NAMES);
    open({ exposure_time_absolute: 300 });
    controls.set({ auto_exposure: 'Aperture Priority Mode' });
    close();
    assert.deepEqual(warnings(), []);
    assert.deepEqual(read(...NAMES), originals);
  });

  test('names of older kernels hold', LIMIT, () => {
    open({ exposure_auto: 'manual mode', exposure_absolute: 300, exposure_auto_priority: 1, focus_auto: false });
    assert.deepEqual(warnings(), []);
    const values = read('auto_exposure', 'exposure_time_absolute', 'exposure_dynamic_framerate');
    assert.deepEqual(Object.values(values), ['1 (Manual Mode)', '300', '1']);
    assert.equal(read('focus_automatic_continuous').focus_automatic_continuous, '0');
  });

  test('at the start a number out of range is moved to the nearest, with a warning; later it is refused', LIMIT, () => {
    open({ brightness: 1000, brigthness: 1 });
    assert.equal(read('brightness').brightness, '64');
    assert.equal(warnings().length, 2);
    assert.match(warnings()[0], /brightness must be a whole number from -64 to 64, not 1000; 64 is used/);
    assert.match(warnings()[1], /no control brigthness; this camera has brightness/);
    assert.throws(() => controls.set({ brightness: 1000 }), {
      code: 'CAPTURE_CONTROL_RANGE',
      message: /from -64 to 64/,
    });
    assert.equal(read('brightness').brightness, '64');
  });

  test('what another program sets is noticed, and told from what we set', LIMIT, () => {
    open({ brightness: 5 });
    controls.set({ exposure_time_absolute: 300 });
    assert.equal(controls.noticed(), undefined);
    setElsewhere('contrast=22');
    assert.deepEqual(controls.noticed().changed, ['contrast']);
    assert.equal(logged.at(-1), 'info: another program has set contrast=22');
    setElsewhere('auto_exposure=3');
    assert.deepEqual(controls.noticed().changed, ['auto_exposure'], 'its time is without effect now');
    setElsewhere('brightness=9');
    const noticed = controls.noticed();
    assert.equal(noticed.controls.find(({ name }) => name === 'brightness').value, 9);
    assert.equal(controls.noticed(), undefined);
    close();
    assert.deepEqual(
      read('brightness', 'contrast'),
      { brightness: '0', contrast: '22' },
      'the originals of what we set',
    );
    setElsewhere('contrast=32');
  });

  test('it is kept when the camera is plugged in again', LIMIT, async () => {
    const watched = openCamera({ device: device.path, size: { width: 640, height: 480 }, controls: { brightness: 5 } });
    try {
      await until(watched.camera, live);
      const noticed = new Promise((resolve) => {
        watched.camera.subscribe(
          (event) => event.type === 'controls' && event.origin === 'external' && resolve(event.changed),
        );
      });
      setElsewhere('brightness=9');
      assert.deepEqual(await noticed, ['brightness']);
      await device.unplug();
      await until(watched.camera, failedWith('CAPTURE_DEVICE_GONE'));
      await device.plug();
      await until(watched.camera, live);
      assert.equal(read('brightness').brightness, '9');
    } finally {
      await watched.camera.close();
    }
  });

  test('a replacement gives back what it does not name', LIMIT, () => {
    const originals = read(...NAMES);
    open({ brightness: 5 });
    controls.replace({ exposure_time_absolute: 400 });
    assert.deepEqual(read(...NAMES), {
      ...originals,
      auto_exposure: '1 (Manual Mode)',
      exposure_time_absolute: '400',
    });
    controls.replace({ brightness: 9 });
    assert.deepEqual(read(...NAMES), { ...originals, brightness: '9' });
    controls.replace({});
    assert.deepEqual(read(...NAMES), originals);
  });
});

describe('vivid', () => {
  before(async () => {
    device = await loadVivid();
  });
  afterEach(close);
  after(() => device.unload());

  const NAMES = ['boolean', 'integer_32_bits', 'integer_64_bits', 'menu', 'integer_menu', 'string', 'bitmask'];

  test('controls of every type are set, read by others, and put back', LIMIT, () => {
    const originals = read(...NAMES);
    open();
    const all = controls.set({
      boolean: false,
      integer_32_bits: -(2 ** 31),
      integer_64_bits: '-4611686018427387905',
      menu: 'menu item 4',
      integer_menu: '42',
      string: 'abc',
      bitmask: 0x80002000,
      button: true,
    });
    const value = (name) => all.find((control) => control.name === name).value;
    assert.equal(value('integer_64_bits'), -4611686018427387905n);
    assert.equal(value('string'), 'abc');
    assert.equal(value('bitmask'), 0x80002000);
    assert.equal(value('button'), undefined);
    const theirs = read(...NAMES);
    assert.equal(theirs.integer_64_bits, '-4611686018427387905');
    assert.equal(theirs.string, 'abc');
    assert.match(theirs.menu, /^4 /);
    assert.match(theirs.integer_menu, /\b42\b/);
    assert.deepEqual(warnings(), []);
    close();
    assert.deepEqual(read(...NAMES), originals);
  });

  test('they are told with ranges, flags and menus', LIMIT, () => {
    open();
    const all = controls.list();
    const control = (name) => all.find((candidate) => candidate.name === name);
    assert.equal(control('integer_64_bits').minimum, -(2n ** 63n));
    assert.equal(control('string').type, 'string');
    assert.equal(control('integer_menu').type, 'menu');
    assert.ok(control('integer_menu').menu.some(({ label }) => label === '42'));
    assert.ok(!control('menu').menu.some(({ value }) => value === 2), 'menus have holes');
    assert.equal(control('read_only_integer_32_bits').readOnly, true);
    assert.deepEqual([control('gain').volatile, control('gain').inactive], [true, true]);
    assert.throws(() => controls.set({ read_only_integer_32_bits: 1 }), { code: 'CAPTURE_CONTROL_READ_ONLY' });
    assert.throws(() => controls.set({ menu: 2 }), { code: 'CAPTURE_CONTROL_RANGE', message: /4 \(/ });
  });

  test('gain turns its automatic off, and what other programs set is noticed, of every type', LIMIT, () => {
    open({ gain: 12 });
    const { gain, gain_automatic: automatic } = read('gain', 'gain_automatic');
    assert.deepEqual([gain, automatic], ['12', '0']);
    setElsewhere('integer_64_bits=4611686018427387905,string=xyz,menu=4');
    const noticed = controls.noticed();
    assert.deepEqual(noticed.changed.toSorted(), ['integer_64_bits', 'menu', 'string']);
    assert.equal(noticed.controls.find(({ name }) => name === 'integer_64_bits').value, 4611686018427387905n);
  });
});

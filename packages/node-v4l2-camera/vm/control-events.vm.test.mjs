import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { V4l2Camera } from 'node-v4l2-camera';
import { loadVivid, plugCamera, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';

const TIMEOUT_MS = 10_000;

/** Name, value and what of it has changed. */
const summary = ({ name, value, valueChanged, flagsChanged, rangeChanged }) =>
  [name, value, valueChanged && 'value', flagsChanged && 'flags', rangeChanged && 'range'].filter((x) => x !== false);
const eventsOf = (camera) =>
  camera
    .controlEvents()
    .map(summary)
    .sort(([a], [b]) => a.localeCompare(b));

describe('control events of a USB camera', () => {
  let sim;
  let camera;
  beforeEach(async () => {
    sim = await plugCamera();
    camera = V4l2Camera.open(sim.path);
  });
  afterEach(async () => {
    camera.close();
    await sim.stop();
  });
  const change = (settings) => v4l2ctl(sim.path, '-c', settings);

  test('report changes by another program once, and only the newest of each control', () => {
    assert.equal(camera.watchControls(), true);
    assert.deepEqual(camera.controlEvents(), [], 'nothing has been changed yet');
    change('brightness=7');
    const { id } = camera.getControl('brightness');
    assert.deepEqual(camera.controlEvents(), [
      { id, name: 'brightness', value: 7, valueChanged: true, flagsChanged: false, rangeChanged: false },
    ]);
    assert.deepEqual(camera.controlEvents(), []);
    for (const value of [1, 2, 3]) change(`gain=${value}`);
    change('contrast=40');
    assert.deepEqual(eventsOf(camera), [
      ['contrast', 40, 'value'],
      ['gain', 3, 'value'],
    ]);
  });

  test('report that a control has become active because another one was changed', () => {
    camera.watchControls();
    change('auto_exposure=1');
    const events = eventsOf(camera);
    const { value } = camera.getControl('exposure_time_absolute');
    assert.deepEqual(events, [
      ['auto_exposure', 1, 'value'],
      ['exposure_time_absolute', value, 'value', 'flags'],
    ]);
  });

  test('report changes of controls that depend on one set by setControl, but not of that one', () => {
    camera.watchControls();
    camera.setControl('auto_exposure', 1);
    const { value } = camera.getControl('exposure_time_absolute');
    assert.deepEqual(eventsOf(camera), [['exposure_time_absolute', value, 'value', 'flags']]);
    camera.setControl('exposure_time_absolute', 200);
    assert.deepEqual(camera.controlEvents(), []);
  });

  test('do not report own changes, nor changes before or after watching', () => {
    change('brightness=5');
    assert.deepEqual(camera.controlEvents(), []);
    assert.ok(camera.watchControls());
    assert.ok(camera.watchControls(), 'watching again changes nothing');
    camera.setControl('brightness', 9);
    camera.setControl('gain', 9);
    assert.deepEqual(camera.controlEvents(), []);
    change('brightness=6');
    camera.unwatchControls();
    camera.unwatchControls();
    assert.deepEqual(camera.controlEvents(), []);
    camera.watchControls();
    assert.deepEqual(camera.controlEvents(), [], 'those of before are gone');
    change('brightness=8');
    assert.deepEqual(eventsOf(camera), [['brightness', 8, 'value']]);
  });

  test('do not disturb the stream, and do not count as frames', () => {
    camera.setFormat({ fourcc: 'MJPG', width: 640, height: 480 });
    camera.watchControls();
    camera.start();
    change('brightness=7');
    for (let i = 0; i < 5; i++) camera.requeue(camera.dequeue(TIMEOUT_MS));
    assert.deepEqual(eventsOf(camera), [['brightness', 7, 'value']]);
    sim.send('stall');
    for (let frame = camera.dequeue(1000); frame; frame = camera.dequeue(1000)) camera.requeue(frame);
    change('brightness=8');
    assert.equal(camera.dequeue(0), undefined);
    assert.equal(camera.dequeue(100), undefined);
    assert.deepEqual(eventsOf(camera), [['brightness', 8, 'value']]);
  });

  test('throw ENODEV once the camera is gone', async () => {
    camera.watchControls();
    await sim.unplug();
    assert.throws(() => camera.controlEvents(), { code: 'ENODEV', syscall: 'VIDIOC_DQEVENT' });
    camera.unwatchControls();
    assert.throws(() => camera.watchControls(), { code: 'ENODEV' });
    camera.close();
    assert.deepEqual(camera.controlEvents(), []);
    await sim.plug();
  });
});

describe('control events of vivid', () => {
  let vivid;
  let camera;
  before(async () => {
    vivid = await loadVivid();
    camera = V4l2Camera.open(vivid.path);
    assert.ok(camera.watchControls());
  });
  after(async () => {
    camera.close();
    await vivid.unload();
  });

  for (const [name, type, setting, value] of [
    ['boolean', 'boolean', '0', 0],
    ['menu', 'menu', '4', 4],
    ['integer_menu', 'integer-menu', '8', 8],
    ['bitmask', 'bitmask', '0x80000000', 0x80000000],
    ['integer_32_bits', 'integer', '-2147483648', -(2 ** 31)],
    ['integer_64_bits', 'integer64', '-4611686018427387905', -(2n ** 62n) - 1n],
    ['string', 'string', 'abc', 'abc'],
    ['button', 'button', '1', undefined],
  ]) {
    test(`report a control of type ${type} with its value`, () => {
      assert.equal(camera.getControl(name).type, type);
      v4l2ctl(vivid.path, '-c', `${name}=${setting}`);
      assert.deepEqual(eventsOf(camera), [[name, value, 'value']]);
    });
  }

  test('do not report own changes', () => {
    for (const [name, value] of Object.entries({ brightness: 3, string: 'ab', integer_64_bits: 4n, button: 1 })) {
      camera.setControl(name, value);
    }
    assert.deepEqual(camera.controlEvents(), []);
  });
});

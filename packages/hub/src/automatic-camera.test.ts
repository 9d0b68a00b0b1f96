import { silentLogger, subscription } from '@framehub/frame';
import test from 'ava';
import type { DeviceInfo } from 'node-v4l2-camera';
import { AutomaticCamera } from './automatic-camera.js';
import { type CameraConfig, cameraDefaults } from './config/camera-schema.js';

function device(number: number): DeviceInfo {
  const path = `/dev/video${number}`;
  return {
    path,
    card: `Camera ${number}`,
    driver: '',
    busInfo: `usb-${number}`,
    byId: [],
    byPath: [],
    multiplanar: false,
    standalone: true,
  };
}

/** A machine that the test plugs cameras into. */
function setup(...connected: DeviceInfo[]) {
  const told = { listeners: new Set<() => void>(), log: [] as string[] };
  const log = (_: object, message: string) => void told.log.push(message);
  const automatic = new AutomaticCamera(
    { ...cameraDefaults, rotate: 90 },
    { ...silentLogger, warn: log, info: log },
    {
      detect: () => ({ devices: connected, problems: [] }),
      onDevices(listener) {
        told.listeners.add(listener);
        return subscription(() => told.listeners.delete(listener));
      },
    },
  );
  const plug = (...devices: DeviceInfo[]) => {
    connected.push(...devices);
    for (const listener of [...told.listeners]) listener();
  };
  return { automatic, plug, told };
}

test('the only camera there is, with the settings of the command line', (t) => {
  t.like(setup(device(3)).automatic.choose(), { source: { type: 'v4l2', device: '0' }, rotate: 90 });
});

test('several are a choice for a person to make', (t) => {
  const error = t.throws(() => setup(device(0), device(2)).automatic.choose(), { code: 'HUB_SEVERAL_CAMERAS' });
  t.like(error, {
    details: { choices: ['0   Camera 0, /dev/video0', '1   Camera 2, /dev/video2'] },
  });
});

test('without any, a test pattern, until one is plugged in', (t) => {
  const { automatic, plug, told } = setup();
  t.like(automatic.choose(), { source: { type: 'pattern' }, rotate: 90 });
  const found: CameraConfig[] = [];
  automatic.await((config) => found.push(config));
  plug();
  t.is(found.length, 0, 'what appeared is no camera, or cannot be asked yet');
  plug(device(0));
  t.like(found, [{ source: { type: 'v4l2', device: '0' }, rotate: 90 }]);
  t.is(told.listeners.size, 0);
  t.deepEqual(told.log, [
    'no camera found: showing a test pattern until one is plugged in',
    'Camera 0 was plugged in and replaces the test pattern',
  ]);
});

test('who waits no longer is not told', (t) => {
  const { automatic, plug, told } = setup();
  automatic.await(() => t.fail());
  automatic.stop();
  plug(device(0));
  t.is(told.listeners.size, 0);
});

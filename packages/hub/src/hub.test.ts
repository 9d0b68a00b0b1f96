import { FramehubError, inspectJpeg, type SettingsChange, subscription } from '@framehub/frame';
import test from 'ava';
import type { DeviceInfo } from 'node-v4l2-camera';
import { camerasOf, openHub, watch } from './hub.fixture.js';

// One after another: each has threads of its own, and machines that build have few cores.
const garage = { source: 'pattern:320x240@15' };
const device: DeviceInfo = {
  path: '/dev/video99',
  card: 'Camera',
  driver: '',
  busInfo: 'usb-1',
  byId: [],
  byPath: [],
  multiplanar: false,
  standalone: true,
};

test.serial('a rotation applies at once to all viewers, without a new subscription', async (t) => {
  const { hub, camera, events } = await openHub(t, { garage });
  const [plain, small, late] = [
    watch(t, hub, 'garage'),
    watch(t, hub, 'garage', { width: 120 }),
    watch(t, hub, 'garage'),
  ];
  await Promise.all([plain.size(320, 240), small.size(120, 90)]);
  late.close();
  const { rendition } = await camera('garage').change({ rotate: 90, quality: 50 });
  t.deepEqual(rendition, { rotate: 90, flip: 'none', quality: 50 });
  await Promise.all([plain.size(240, 320), small.size(120, 160)]);
  t.like(camera('garage').status(), { rendition: { rotate: 90 }, restarts: 0 });
  t.like(await events.find(({ type }) => type === 'settings'), {
    camera: 'garage',
    settings: { rendition: { rotate: 90 } },
  });
  t.is(events.all.filter(({ type }) => type === 'settings').length, 1);
  t.is(hub.broker.topics().length, 2);
});

test.serial('size and rate are changed by opening the camera again, while viewers stay', async (t) => {
  const { hub, camera } = await openHub(t, { garage });
  const viewer = watch(t, hub, 'garage');
  await viewer.size(320, 240);
  const smaller = viewer.size(160, 120);
  await camera('garage').change({ size: { width: 160, height: 120 }, fps: 30 });
  await smaller;
  t.like(camera('garage').status(), { format: { width: 160, height: 120 }, fps: { nominal: 30 } });
  t.deepEqual(camera('garage').settings().size, { width: 160, height: 120 });
});

test.serial('changes come one after the other, and each is on top of the last', async (t) => {
  const { hub, camera } = await openHub(t, { garage });
  const viewer = watch(t, hub, 'garage');
  const changes: SettingsChange[] = [{ rotate: 90 }, { size: { width: 160, height: 120 } }, { quality: 40 }];
  const settings = await Promise.all(changes.map((change) => camera('garage').change(change)));
  t.like(settings[2], { size: { width: 160 }, rendition: { rotate: 90, quality: 40 } });
  await viewer.size(120, 160);
});

test.serial('a bad setting changes nothing', async (t) => {
  const { camera, events } = await openHub(t, { garage });
  const before = camera('garage').settings();
  await t.throwsAsync(camera('garage').change({ rotate: 90, width: 1 }), {
    code: 'CAMERA_SETTING_INVALID',
    message: /^width must be .*, not 1$/,
  });
  t.deepEqual(camera('garage').settings(), before);
  t.false(events.all.some(({ type }) => type === 'settings'));
});

test.serial('viewers of a camera that is switched off see a placeholder, and frames when it is on again', async (t) => {
  const { hub, camera, events } = await openHub(t, { garage });
  const viewer = watch(t, hub, 'garage');
  await viewer.size(320, 240);
  const shown = viewer.until(({ placeholder }) => placeholder === 'CAMERA OFF');
  t.like(await camera('garage').change({ enabled: false }), { enabled: false });
  t.like(await shown, { width: 320, height: 240 });
  t.like(camera('garage').status(), { state: 'off', placeholder: 'CAMERA OFF' });
  // A placeholder is rotated like frames.
  const turned = viewer.until(({ width, placeholder }) => width === 240 && placeholder !== undefined);
  await camera('garage').change({ rotate: 90 });
  await turned;
  const frame = viewer.until(({ placeholder }) => placeholder === undefined);
  await camera('garage').change({ enabled: true });
  t.like(await frame, { width: 240 });
  await events.state('garage', 'off');
  t.like(camera('garage').status(), { state: 'live', placeholder: undefined });
});

test.serial('a camera that is configured as off is not opened until it is switched on', async (t) => {
  const { camera } = await openHub(t, { garage: { ...garage, enabled: false } });
  t.is(camera('garage').status().state, 'off');
  await camera('garage').change({ enabled: true });
  t.is(camera('garage').status().state, 'live');
});

test.serial('profiles replace one another, and restore what the camera had', async (t) => {
  const profiles = { day: { brightness: 200 }, night: { ball_speed: 8 } };
  const { camera, events } = await openHub(t, {
    garage: { ...garage, controls: { brightness: 100 }, profiles, profile: 'day' },
  });
  const values = async () => {
    const controls = await camera('garage').controls();
    return Object.fromEntries(controls.map(({ name, value }) => [name, value]));
  };
  t.like(await values(), { brightness: 200, ball_speed: 4 });
  await camera('garage').change({ profile: 'night' });
  t.like(await values(), { brightness: 100, ball_speed: 8 });
  const change = await events.find(({ type }) => type === 'controls');
  t.like(change, { camera: 'garage', changed: ['brightness', 'ball_speed'], origin: 'framehub' });
  t.like(await camera('garage').change({ profile: null }), { profile: undefined, profiles: ['day', 'night'] });
  t.like(await values(), { brightness: 100, ball_speed: 4 });
  await t.throwsAsync(camera('garage').change({ profile: 'dusk' }), {
    message: /^profile must be day or night, not dusk$/,
  });
});

test.serial('a profile that the camera refuses leaves everything as it was', async (t) => {
  const { camera } = await openHub(t, { garage: { ...garage, profiles: { bad: { brightness: 1000 } } } });
  const before = camera('garage').settings();
  const change = camera('garage').change({ profile: 'bad', size: { width: 160, height: 120 }, rotate: 90 });
  await t.throwsAsync(change, { code: 'CAPTURE_CONTROL_RANGE' });
  t.deepEqual(camera('garage').settings(), before);
  t.like(camera('garage').status(), { state: 'live', format: { width: 320 } });
});

test.serial('a still is rotated like the stream, in the camera’s full size', async (t) => {
  const { camera } = await openHub(t, { garage: { ...garage, rotate: 90, width: 60 } });
  const [still, same] = await Promise.all([camera('garage').still('max', {}), camera('garage').still('max', {})]);
  t.is(still, same);
  t.like(inspectJpeg(still.data), { width: 240, height: 320 });
  await camera('garage').change({ enabled: false });
  await t.throwsAsync(camera('garage').still('max', {}), { code: 'CAPTURE_OFF' });
});

test.serial('a new configuration adds, removes and changes cameras, and does not touch the others', async (t) => {
  const { hub, camera, events } = await openHub(t, { garage, shed: garage, door: garage });
  const [ofGarage, ofShed] = [watch(t, hub, 'garage'), watch(t, hub, 'shed')];
  await Promise.all([ofGarage.next(), ofShed.next()]);
  const shed = camera('shed');
  await shed.change({ quality: 30 });
  await camera('garage').change({ quality: 30 });
  const turned = ofGarage.size(240, 320);
  await hub.apply(camerasOf({ attic: garage, shed: garage, garage: { ...garage, rotate: 90 } }));
  await turned;
  t.deepEqual(
    hub.cameras().map(({ name }) => name),
    ['attic', 'shed', 'garage'],
  );
  t.is(camera('shed'), shed);
  t.is(shed.settings().rendition.quality, 30, 'what the API has changed stays');
  t.is(camera('garage').settings().rendition.quality, undefined, 'what the file says now counts');
  t.deepEqual([shed.status().restarts, camera('garage').status().restarts], [0, 0]);
  t.is(events.all.filter(({ type }) => type === 'cameras').length, 1);
  await watch(t, hub, 'attic').next();
  t.throws(() => hub.broker.subscribe('door/jpeg', () => {}), { code: 'BROKER_UNKNOWN_TOPIC' });
});

test.serial('values that the API has set are undone when the file changes the camera', async (t) => {
  const { hub, camera } = await openHub(t, { garage });
  const brightness = async () => (await camera('garage').controls()).find(({ name }) => name === 'brightness')?.value;
  await camera('garage').setControls({ brightness: 7 });
  await hub.apply(camerasOf({ garage }));
  t.is(await brightness(), 7);
  await hub.apply(camerasOf({ garage: { ...garage, rotate: 90 } }));
  t.is(await brightness(), 128);
});

test.serial('a camera with a new source is waited for, while its viewers stay', async (t) => {
  const { hub, camera, events } = await openHub(t, { garage });
  const viewer = watch(t, hub, 'garage');
  await viewer.next();
  const shown = viewer.until(({ placeholder }) => placeholder === 'NO PICTURE');
  await hub.apply(camerasOf({ garage: { source: 'file:not-there' } }));
  t.like(camera('garage').status(), { state: 'retrying', error: { code: 'CAPTURE_FILE_MISSING' } });
  await events.state('garage', 'retrying');
  await shown;
  const frame = viewer.size(160, 120);
  await hub.apply(camerasOf({ garage: { source: 'pattern:160x120' } }));
  await frame;
});

test.serial('a camera that is removed and added again has no viewers of before', async (t) => {
  const { hub } = await openHub(t, { garage, door: garage });
  const before = watch(t, hub, 'garage');
  await before.next();
  await hub.apply(camerasOf({ door: garage }));
  await hub.apply(camerasOf({ door: garage, garage: { source: 'pattern:160x120' } }));
  t.like(await watch(t, hub, 'garage').next(), { width: 160, height: 120 });
});

test.serial('a change that fails is a warning, and does not affect other cameras', async (t) => {
  const { hub, camera, warnings } = await openHub(t, { garage, door: garage });
  await hub.apply(
    camerasOf({ garage: { ...garage, controls: { brightness: 1000 } }, door: { ...garage, rotate: 90 } }),
  );
  t.like(camera('door').settings(), { rendition: { rotate: 90 } });
  t.regex(warnings.join(), /^garage stays unchanged: .*brightness/);
});

test.serial('settled resolves with one live camera, and rejects with the reason without any', async (t) => {
  const { hub } = await openHub(t, { garage, shed: { source: 'file:not-there' } });
  await t.notThrowsAsync(hub.settled());
  await hub.apply(camerasOf({ shed: { source: 'file:not-there' } }));
  await t.throwsAsync(hub.settled(), { instanceOf: FramehubError, code: 'CAPTURE_FILE_MISSING' });
});

test.serial('a listener that throws does not affect the others', async (t) => {
  const { hub, camera } = await openHub(t, { garage });
  const told: string[] = [];
  hub.subscribe(() => {
    throw new Error('not my day');
  });
  const listening = hub.subscribe(({ type }) => told.push(type));
  await camera('garage').change({ rotate: 90 });
  listening.close();
  await camera('garage').change({ rotate: 0 });
  t.deepEqual(told, ['settings']);
});

test.serial('without a named camera a pattern is shown, and a camera that is plugged in replaces it', async (t) => {
  const connected: DeviceInfo[] = [];
  let plug = () => {};
  const { hub, camera, events } = await openHub(
    t,
    {},
    {
      detect: () => ({ devices: connected, problems: [] }),
      onDevices(listener) {
        plug = listener;
        return subscription(() => {});
      },
    },
  );
  const viewer = watch(t, hub, 'camera0');
  await viewer.size(1280, 720);
  connected.push(device);
  const shown = viewer.until(({ placeholder }) => placeholder !== undefined);
  plug();
  // No real camera can be plugged in here: what can be seen is that it is tried, and why it is not shown.
  await shown;
  await events.state('camera0', 'off');
  await hub.apply({});
  t.like(camera('camera0').status(), { source: 'camera 0', state: 'retrying' }, 'what was chosen stays');
  const frame = viewer.size(320, 240);
  await hub.apply(camerasOf({ camera0: garage }));
  await frame;
});

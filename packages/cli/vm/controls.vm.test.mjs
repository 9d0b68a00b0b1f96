import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { plugCamera, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { configFile, isCard, isLive, serve, stopAll, until } from './hub.mjs';

afterEach(stopAll);

describe('the controls of a camera', () => {
  let camera;
  before(async () => {
    camera = await plugCamera();
  });
  after(() => camera.stop());

  const NAMES = 'auto_exposure,exposure_time_absolute,brightness';
  /** As another program reads them: `{ name: number }`. */
  const read = () =>
    Object.fromEntries(
      [...v4l2ctl(camera.path, '--get-ctrl', NAMES).matchAll(/^(\w+): (\d+)/gm)].map(([, name, value]) => [
        name,
        Number(value),
      ]),
    );
  const text = (settings) =>
    `cameras: { bed: { source: ${camera.path}, format: YUYV, size: 320x240, fps: 5, ${settings} } }`;
  const start = (settings) => serve('--config', configFile(text(settings)).path);
  const bed = '/api/cameras/bed';
  const presentValue = async (hub, name) =>
    (await hub.json(`${bed}/controls`)).controls.find((control) => control.name === name).value;

  test('exposure is set by the configuration, changed by the API and by v4l2-ctl, and put back at the end', async () => {
    const originals = read();
    assert.equal(originals.auto_exposure, 3, 'automatic at first');
    // The automatic is switched off first, though nobody names it.
    const file = configFile(text('controls: { exposure_time_absolute: 200 }'));
    const hub = await serve('--config', file.path);
    await until(() => hub.json(bed), isLive);
    assert.deepEqual(read(), { ...originals, auto_exposure: 1, exposure_time_absolute: 200 });

    assert.equal((await hub.patch(`${bed}/controls`, { exposure_time_absolute: 300 })).status, 200);
    assert.equal(read().exposure_time_absolute, 300);

    v4l2ctl(camera.path, '-c', 'exposure_time_absolute=400');
    await hub.said(/exposure_time_absolute.*400/);
    assert.equal(await presentValue(hub, 'exposure_time_absolute'), 400);

    // A camera that is configured otherwise becomes what the file says, all of it.
    file.save(text('rotate: 180, controls: { exposure_time_absolute: 200 }'));
    await until(read, ({ exposure_time_absolute }) => exposure_time_absolute === 200);

    assert.equal(await hub.stop(), 0);
    assert.deepEqual(read(), originals);
  });

  test('they hold when the camera is plugged in again, whoever set them', async () => {
    const hub = await start('controls: { exposure_time_absolute: 200 }');
    await until(() => hub.json(bed), isLive);
    await hub.patch(`${bed}/controls`, { brightness: 7 });
    v4l2ctl(camera.path, '-c', 'exposure_time_absolute=400');
    await hub.said(/exposure_time_absolute.*400/);
    await camera.unplug();
    await until(() => hub.json(bed), isCard);
    await camera.plug();
    await until(() => hub.json(bed), isLive);
    await until(read, ({ brightness }) => brightness === 7);
    assert.deepEqual(read(), { auto_exposure: 1, exposure_time_absolute: 400, brightness: 7 });
    assert.equal(await hub.stop(), 0);
  });

  test('a value out of range: moved to the end by the configuration, refused by the API', async () => {
    const originals = read();
    const hub = await start('controls: { brightness: 100000 }');
    await until(() => hub.json(bed), isLive);
    const { maximum } = (await hub.json(`${bed}/controls`)).controls.find(({ name }) => name === 'brightness');
    assert.equal(read().brightness, maximum);
    assert.match(hub.log(), /brightness.*100000/);
    const refused = await hub.patch(`${bed}/controls`, { brightness: -100000 });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), new RegExp(`${maximum}`));
    assert.equal(read().brightness, maximum);
    assert.equal(await hub.stop(), 0);
    assert.deepEqual(read(), originals);
  });

  test('profiles: each takes the place of the one before, also while the camera is away', async () => {
    const originals = read();
    const hub = await start(`profiles: {
      day: { auto_exposure: Aperture Priority Mode, brightness: 11 },
      night: { exposure_time_absolute: 2000 } }, profile: day`);
    await until(() => hub.json(bed), isLive);
    assert.deepEqual(read(), { ...originals, auto_exposure: 3, brightness: 11 });
    const choose = async (profile) => assert.equal((await hub.patch(bed, { profile })).status, 200);
    await choose('night');
    assert.deepEqual(read(), { ...originals, auto_exposure: 1, exposure_time_absolute: 2000 });
    await camera.unplug();
    await until(() => hub.json(bed), isCard);
    await choose('day');
    await camera.plug();
    await until(() => hub.json(bed), isLive);
    await until(read, ({ brightness }) => brightness === 11);
    assert.equal((await hub.json(bed)).settings.profile, 'day');
    const unknown = await hub.patch(bed, { profile: 'dusk' });
    assert.equal(unknown.status, 400);
    assert.match(await unknown.text(), /day.*night/);
    await choose(null);
    assert.deepEqual(read(), originals);
    assert.equal(await hub.stop(), 0);
  });
});

import test from 'ava';
import { type ExposureControl, exposureControls } from './usbstream.js';

const menu = [
  { value: 1, label: 'Manual Mode' },
  { value: 3, label: 'Aperture Priority Mode' },
];
const control = (name: string, minimum: number, maximum: number, items?: typeof menu): ExposureControl => ({
  name,
  minimum,
  maximum,
  menu: items,
});
const camera = [control('auto_exposure', 0, 3, menu), control('exposure_time_absolute', 3, 2047)];

test('values are those of the driver', (t) => {
  t.deepEqual(exposureControls({ mode: 1, value: 156 }, camera, 'shed'), {
    auto_exposure: 1,
    exposure_time_absolute: 156,
  });
});

test("OpenCV's 0.25 means manual, its 0.75 automatic", (t) => {
  t.deepEqual(exposureControls({ mode: 0.25, value: 156 }, camera, 'shed'), {
    auto_exposure: 1,
    exposure_time_absolute: 156,
  });
  t.deepEqual(exposureControls({ mode: 0.75, value: 156 }, camera, 'shed'), { auto_exposure: 3 });
});

test('an automatic mode leaves the time alone, which would be refused or without effect', (t) => {
  t.deepEqual(exposureControls({ mode: 3, value: -1 }, camera, 'shed'), { auto_exposure: 3 });
});

test('controls go by the name that the kernel gives them', (t) => {
  const older = [control('exposure_auto', 0, 3, menu), control('exposure_absolute', 3, 2047)];
  t.deepEqual(exposureControls({ mode: 1, value: 10 }, older, 'shed'), { exposure_auto: 1, exposure_absolute: 10 });
});

test('what the camera does not have or not allow is refused, with what it allows', (t) => {
  const refuse = (mode: number, value: number, controls = camera) =>
    t.throws(() => exposureControls({ mode, value }, controls, 'shed'), { code: 'CLI_EXPOSURE_UNSUPPORTED' })?.message;
  t.regex(refuse(2, 156) ?? '', /--manexp must be 1 \(Manual Mode\), 3 \(Aperture Priority Mode\) for shed, not 2$/);
  t.regex(refuse(1, 0.4) ?? '', /--exposure must be a whole number from 3 to 2047 for shed, not 0\.4$/);
  t.regex(refuse(1, 5000) ?? '', /--exposure must be .*, not 5000$/);
  t.regex(refuse(1, 156, []) ?? '', /shed has no exposure control/);
});

test('for a camera that is not there yet the newest names are taken', (t) => {
  t.deepEqual(exposureControls({ mode: 0.25, value: 156 }, undefined, 'shed'), {
    auto_exposure: 1,
    exposure_time_absolute: 156,
  });
  t.deepEqual(exposureControls({ mode: 0.75, value: 156 }, undefined, 'shed'), { auto_exposure: 3 });
});

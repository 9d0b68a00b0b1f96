import type { CameraControl } from '@framehub/frame';
import test from 'ava';
import { bySimilarity, findControl } from './control-values.js';

const camera = (...names: string[]) => names.map((name) => ({ name }) as CameraControl);

for (const [before, since] of [
  ['exposure_auto', 'auto_exposure'],
  ['exposure_absolute', 'exposure_time_absolute'],
  ['exposure_auto_priority', 'exposure_dynamic_framerate'],
  ['focus_auto', 'focus_automatic_continuous'],
  ['white_balance_temperature_auto', 'white_balance_automatic'],
] as const) {
  test(`${before} and ${since} are one control, whatever kernel it is under`, (t) => {
    t.is(findControl(camera('brightness', since), before)?.name, since);
    t.is(findControl(camera('brightness', before), since)?.name, before);
  });
}

test('a name that the camera has is that one, aliases or not', (t) => {
  const controls = camera('white_balance_component_auto', 'white_balance_temperature_auto');
  t.is(findControl(controls, 'white_balance_temperature_auto')?.name, 'white_balance_temperature_auto');
  t.is(findControl(controls, 'zoom'), undefined);
});

test('names near to a wrong one come first', (t) => {
  const names = ['brightness', 'contrast', 'white_balance_temperature', 'zoom_absolute', 'exposure_time_absolute'];
  t.is(bySimilarity('brigthness', names)[0], 'brightness');
  t.is(bySimilarity('exposure', names)[0], 'exposure_time_absolute');
  t.is(bySimilarity('Zoom', names)[0], 'zoom_absolute');
  t.is(bySimilarity('white_balance', names)[0], 'white_balance_temperature');
  t.deepEqual(bySimilarity('xyz', names), names, 'as they were, where none is');
  t.deepEqual(bySimilarity('', []), []);
});

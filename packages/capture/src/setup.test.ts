import type { CameraControl, ControlValues } from '@framehub/frame';
import test from 'ava';
import type { SourceOptions } from './options.js';
import { differing, KeptControls, lasting, valuesOf } from './setup.js';

const configured = (controls?: ControlValues): SourceOptions => ({
  type: 'v4l2',
  device: '/dev/video0',
  ...(controls && { controls }),
});

const control = (name: string, rest: Partial<CameraControl> = {}): CameraControl => ({
  name,
  label: name,
  type: 'integer',
  value: 1,
  minimum: 0,
  maximum: 255,
  step: 1,
  default: 1,
  menu: undefined,
  inactive: false,
  readOnly: false,
  volatile: false,
  grabbed: false,
  ...rest,
});

test('what is set adds to what is configured, what replaces takes its place', (t) => {
  const kept = KeptControls.of(configured({ brightness: 1, gain: 2 }));
  t.deepEqual(kept.with({ gain: 3, hue: 4 }).values, { brightness: 1, gain: 3, hue: 4 });
  t.deepEqual(kept.with({ hue: 4 }).replacedBy({ gain: 5 }).values, { gain: 5 });
  t.deepEqual(kept.replacedBy({ gain: 5 }).with({ hue: 4 }).values, { gain: 5, hue: 4 });
  t.deepEqual(kept.values, { brightness: 1, gain: 2 }, 'it is itself unchanged');
  t.deepEqual(KeptControls.of({ type: 'file', path: '/images' }).values, {});
});

test('under options that configure the same, all that was set or replaced stays', (t) => {
  const kept = KeptControls.of(configured({ gain: 2 }));
  t.deepEqual(kept.with({ hue: 4 }).under(configured({ gain: 2 })).values, { gain: 2, hue: 4 });
  t.deepEqual(kept.replacedBy({ hue: 4 }).under(configured({ gain: 2 })).values, { hue: 4 });
  const profile = kept.replacedBy({ gain: 9 }).with({ hue: 4 });
  t.deepEqual(profile.under(configured({ gain: 9 })).values, { gain: 9, hue: 4 }, 'those that replaced are no news');
});

test('under options that configure something else, that holds, and what was set besides', (t) => {
  const kept = KeptControls.of(configured({ gain: 2 })).with({ hue: 4, focus: 5 });
  t.deepEqual(kept.under(configured({ hue: 6 })).values, { hue: 6, focus: 5 });
  t.deepEqual(kept.replacedBy({ zoom: 1 }).under(configured({ hue: 6 })).values, { hue: 6 });
  t.deepEqual(kept.under(configured()).values, { hue: 4, focus: 5 });
});

test('buttons do not last, and aliases last under the name that the camera has', (t) => {
  const controls = [control('reset', { type: 'button' }), control('auto_exposure')];
  const requested = { reset: 1, exposure_auto: 'Manual Mode', unknown: 3 };
  t.deepEqual(lasting(requested, controls), { auto_exposure: 'Manual Mode', unknown: 3 });
});

test('only values that there are can be kept', (t) => {
  const controls = [control('gain', { value: 7 }), control('press', { value: undefined }), control('hue')];
  t.deepEqual(valuesOf(controls, ['gain', 'press', 'gone']), { gain: 7 });
});

test('what differs is what was changed, not what the camera changes by itself', (t) => {
  const before = [
    control('gain'),
    control('hue'),
    control('temperature', { volatile: true }),
    control('big', { value: 1n }),
  ];
  const after = [
    control('gain', { value: 2 }),
    control('hue'),
    control('temperature', { volatile: true, value: 9 }),
    control('big', { value: 2n }),
  ];
  t.deepEqual(differing(before, after), ['gain', 'big']);
});

import type { CameraControl } from '@framehub/client';
import test from 'ava';
import { defaultsOf, isLocked } from './control-row.js';

const control = (name: string, more: Partial<CameraControl> = {}): CameraControl => ({
  name,
  label: name,
  type: 'integer',
  value: 5,
  minimum: 0,
  maximum: 10,
  step: 1,
  default: 3,
  menu: null,
  inactive: false,
  readOnly: false,
  volatile: false,
  grabbed: false,
  ...more,
});

test('all that have another value and can be set go back to their defaults', (t) => {
  const controls = [
    control('gain'),
    control('focus', { value: 3 }),
    control('exposure', { inactive: true }),
    control('reset', { type: 'button', value: null }),
    control('title', { type: 'string', value: 'bed' }),
    control('negative', { type: 'boolean', value: 1, default: 0 }),
  ];
  t.deepEqual(defaultsOf(controls), { gain: 3, negative: 0 });
});

test('what is automatic, read-only or held by another program cannot be set', (t) => {
  t.false(isLocked(control('gain')));
  for (const reason of ['inactive', 'readOnly', 'grabbed'] as const)
    t.true(isLocked(control('gain', { [reason]: true })));
});

import test from 'ava';
import { flipOf, mirrorsOf, sizeKey, sizeOf, sizeOptions } from './choices.js';

test('a size that is set is among the choices, however odd', (t) => {
  const options = sizeOptions('648x486');
  t.like(options, { 0: { value: null, label: 'Automatic' }, 1: { value: '648x486', label: '648 × 486' } });
  t.is(sizeOptions('640x480').length, sizeOptions(null).length);
});

test('a size survives being written as a text', (t) => {
  t.deepEqual(sizeOf(sizeKey({ width: 1280, height: 720 })), { width: 1280, height: 720 });
  t.is(sizeOf(sizeKey(null)), null);
});

test('each flip is two mirrors, and back', (t) => {
  for (const flip of ['none', 'horizontal', 'vertical', 'both'] as const) t.is(flipOf(mirrorsOf(flip)), flip);
});

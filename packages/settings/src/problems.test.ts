import test from 'ava';
import { didYouMean } from './problems.js';

const options = ['port', 'host', 'rotate', 'fps'];

test('the key that was probably meant is suggested for a mistyped one', (t) => {
  t.is(didYouMean('prot', options), ': did you mean port?');
  t.is(didYouMean('Rotat', options, '--'), ': did you mean --rotate?');
});

test('nothing is suggested when no key is near', (t) => {
  t.is(didYouMean('xyzzy', options), '');
  t.is(didYouMean('quality', options), '');
});

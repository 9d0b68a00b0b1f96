import test from 'ava';
import { nearest } from './suggest.js';

const options = ['port', 'host', 'rotate', 'fps'];

test('a mistyped word finds the one that was meant', (t) => {
  t.is(nearest('prot', options), 'port');
  t.is(nearest('Rotat', options), 'rotate');
  t.is(nearest('framrate', options), 'fps');
});

test('a word like none finds none', (t) => {
  t.is(nearest('xyzzy', options), undefined);
  t.is(nearest('quality', options), undefined);
});

import test from 'ava';
import { isReservedName } from './camera-name.js';

test('names that every object has are reserved, and no others', (t) => {
  for (const name of Object.getOwnPropertyNames(Object.prototype)) t.true(isReservedName(name), name);
  t.true(isReservedName('__proto__'));
  for (const name of ['garage', 'Constructor', 'proto', 'length', '']) t.false(isReservedName(name), name);
});

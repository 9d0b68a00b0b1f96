import test from 'ava';
import { codeOf, FramehubError, recordOf, unknownCamera, whereOf } from './index.js';

test('an error survives as a record', (t) => {
  const error = new FramehubError('CAPTURE_OFF', 'switched off', { camera: 'garage' });
  const read = FramehubError.from(JSON.parse(JSON.stringify(error)));
  t.like(read, { code: 'CAPTURE_OFF', message: 'switched off', details: { camera: 'garage' }, name: 'FramehubError' });
  t.deepEqual(recordOf(error), error.toJSON());
});

test('the code of any thrown value, or undefined', (t) => {
  t.is(codeOf(new FramehubError('X_Y', '')), 'X_Y');
  t.is(codeOf(Object.assign(new Error(), { code: 'ENOENT' })), 'ENOENT');
  for (const value of [undefined, null, 'text', 5, {}, { code: 5 }, new Error('none')]) t.is(codeOf(value), undefined);
});

test('a record of another error has its code, or INTERNAL and where it was thrown', (t) => {
  const { code, message, details } = recordOf(new TypeError('mine'));
  t.like({ code, message }, { code: 'INTERNAL', message: 'mine' });
  t.regex(String(details.where), /errors\.test\.(js|ts):\d+:\d+/);
  t.is(recordOf(Object.assign(new Error('gone'), { code: 'ENOENT' })).code, 'ENOENT');
  t.deepEqual(recordOf('a text'), { code: 'INTERNAL', message: 'a text', details: {} });
  t.is(whereOf({ stack: 'at x (a:1:1)' }), undefined);
});

test('the error for an unknown camera names those that exist', (t) => {
  const error = unknownCamera('attic', ['garage', 'door']);
  t.is(error.message, 'there is no camera attic: the cameras are garage, door');
  t.deepEqual(error.details, { cameras: ['garage', 'door'] });
  t.regex(unknownCamera('attic', []).message, /there are no cameras yet$/);
  t.regex(unknownCamera('attic', ['door']).message, /the cameras are door$/);
});

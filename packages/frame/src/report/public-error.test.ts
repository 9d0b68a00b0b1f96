import test from 'ava';
import { FramehubError } from '../errors.js';
import { isFault, publicError } from './public-error.js';

test('an error of ours is told with its code and the first line of its text', (t) => {
  const error = new FramehubError('CAPTURE_OFF', 'camera garage is switched off: switch it on first\nand more');
  t.deepEqual(publicError(error, 'X_INTERNAL'), {
    code: 'CAPTURE_OFF',
    message: 'camera garage is switched off: switch it on first',
  });
  t.false(isFault(error));
});

for (const fault of [new TypeError('/etc/secret is not a function'), 'a text', undefined]) {
  test(`a fault keeps its text: ${fault}`, (t) => {
    const { code, message } = publicError(fault, 'X_INTERNAL');
    t.is(code, 'X_INTERNAL');
    t.notRegex(message, /secret|text/);
    t.true(isFault(fault));
  });
}

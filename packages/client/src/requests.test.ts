import test from 'ava';
import { Requests } from './requests.js';

test('a question that is not answered in time is given up, and its answer is too late then', async (t) => {
  const asked: object[] = [];
  const requests = new Requests((message) => asked.push(message), 50);
  await t.throwsAsync(requests.ask('garage', { op: 'controls' }), {
    code: 'CLIENT_NO_ANSWER',
    message: /controls of garage was not answered within 0.05 s/,
  });
  t.deepEqual(asked, [{ re: 1, camera: 'garage', op: 'controls' }]);
  t.notThrows(() => requests.answer({ op: 'answer', re: 1, controls: [] }));
  const next = requests.ask('garage', { op: 'controls' });
  requests.answer({ op: 'answer', re: 2, controls: [] });
  t.like(await next, { re: 2 });
});

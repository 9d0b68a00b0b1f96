import test from 'ava';
import { Requests } from './requests.js';

test('a request without a response in time fails, and a late response is ignored', async (t) => {
  const sent: object[] = [];
  const requests = new Requests((message) => sent.push(message), 50);
  await t.throwsAsync(requests.ask('garage', { op: 'getControls' }), {
    code: 'CLIENT_NO_ANSWER',
    message: /getControls of garage was not answered within 0.05 s/,
  });
  t.deepEqual(sent, [{ requestId: 1, camera: 'garage', op: 'getControls' }]);
  t.notThrows(() => requests.resolve({ op: 'response', requestId: 1, controls: [] }));
  const next = requests.ask('garage', { op: 'getControls' });
  requests.resolve({ op: 'response', requestId: 2, controls: [] });
  t.like(await next, { requestId: 2 });
});

test('a request ends when its signal aborts', async (t) => {
  const requests = new Requests(() => {});
  const controller = new AbortController();
  const request = requests.ask('garage', { op: 'getControls' }, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await t.throwsAsync(request, { message: 'enough' });
  await t.throwsAsync(requests.ask('garage', { op: 'getControls' }, { signal: controller.signal }), {
    message: 'enough',
  });
});

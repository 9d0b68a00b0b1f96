import type { CameraControl, ControlValues } from '@framehub/client';
import test from 'ava';
import { ControlSender } from './control-sender.js';

test('one request at a time, and the newest value of each control', async (t) => {
  const requests: { values: ControlValues; answer: () => void }[] = [];
  const answered: unknown[] = [];
  const sender = new ControlSender(
    (values) => new Promise((resolve) => requests.push({ values, answer: () => resolve([]) })),
    (answer) => answered.push(answer),
  );
  for (const brightness of [1, 2, 3]) sender.set({ brightness });
  sender.set({ negative: true });
  t.deepEqual(
    requests.map(({ values }) => values),
    [{ brightness: 1 }],
  );
  t.deepEqual(sender.pending, { brightness: 3, negative: true });

  requests[0]?.answer();
  await settled();
  t.deepEqual(requests[1]?.values, { brightness: 3, negative: true });
  requests[1]?.answer();
  await settled();
  t.deepEqual(sender.pending, {});
  t.deepEqual(answered, [[], []]);
});

test('an error is reported, and values set meanwhile are sent', async (t) => {
  const results: string[] = [];
  const refuse = async (values: ControlValues): Promise<readonly CameraControl[]> => {
    throw new Error(`no ${Object.keys(values)}`);
  };
  const sender = new ControlSender(refuse, (answer) => results.push(String(answer)));
  sender.set({ gain: 1 });
  sender.set({ focus: 1 });
  await settled();
  t.deepEqual(results, ['Error: no gain', 'Error: no focus']);
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

import test from 'ava';
import { Gate } from './gate.js';

/** Work that goes on until it is told to end, and writes down what happens. */
function work(log: string[], name: string) {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const act = async (): Promise<void> => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
  };
  return { act, end };
}

test('questions are asked side by side', async (t) => {
  const gate = new Gate();
  const log: string[] = [];
  const [one, two] = [work(log, 'one'), work(log, 'two')];
  const both = [gate.question(one.act), gate.question(two.act)];
  t.deepEqual(log, ['one begins', 'two begins']);
  one.end();
  two.end();
  await Promise.all(both);
});

test('a change waits for the questions before it, and the questions after it for the change', async (t) => {
  const gate = new Gate();
  const log: string[] = [];
  const [first, change, last] = [work(log, 'first'), work(log, 'change'), work(log, 'last')];
  const all = [gate.question(first.act), gate.change(change.act), gate.question(last.act)];
  for (const { end } of [last, change, first]) end();
  await Promise.all(all);
  t.deepEqual(log, ['first begins', 'first ends', 'change begins', 'change ends', 'last begins', 'last ends']);
});

test('changes come one after the other, and one that fails stops neither changes nor questions', async (t) => {
  const gate = new Gate();
  const log: string[] = [];
  const next = work(log, 'next');
  const failing = gate.change(() => Promise.reject(new Error('not possible')));
  const change = gate.change(next.act);
  next.end();
  await t.throwsAsync(failing, { message: 'not possible' });
  await change;
  t.is(await gate.question(async () => 'answer'), 'answer');
  t.deepEqual(log, ['next begins', 'next ends']);
});

import test from 'ava';
import { Inbox } from './inbox.js';

test('items leave in their order; a full inbox drops the oldest, and reports it', async (t) => {
  const inbox = new Inbox<number>(2);
  t.deepEqual([inbox.push(1), inbox.push(2), inbox.push(3)], [true, true, false]);
  t.is(await inbox.next(1000), 2);
  t.is(await inbox.next(1000), 3);
});

test('a waiting consumer gets the next item, also without a time limit', async (t) => {
  for (const timeoutMs of [60_000, Number.POSITIVE_INFINITY]) {
    const inbox = new Inbox<string>(1);
    const taken = inbox.next(timeoutMs);
    inbox.push('here');
    t.is(await taken, 'here');
  }
});

test('next gives undefined when the time is over, and when the inbox is closed', async (t) => {
  const inbox = new Inbox<string>(1);
  t.is(await inbox.next(1), undefined);
  t.is(await inbox.next(-1), undefined);
  const taken = inbox.next(Number.POSITIVE_INFINITY);
  inbox.close();
  t.is(await taken, undefined);
  inbox.push('late');
  t.is(await inbox.next(Number.POSITIVE_INFINITY), undefined);
});

test('clear drops the waiting items', async (t) => {
  const inbox = new Inbox<string>(1);
  inbox.push('old');
  inbox.clear();
  t.is(await inbox.next(0), undefined);
});

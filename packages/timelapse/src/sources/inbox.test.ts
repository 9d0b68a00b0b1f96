import test from 'ava';
import { Inbox } from './inbox.js';

test('what arrives is taken in order; a full inbox forgets the oldest, and says so', async (t) => {
  const inbox = new Inbox<number>(2);
  t.deepEqual([inbox.push(1), inbox.push(2), inbox.push(3)], [true, true, false]);
  t.is(await inbox.take(1000), 2);
  t.is(await inbox.take(1000), 3);
});

test('who waits gets the next arrival, however long he is ready to wait', async (t) => {
  for (const patience of [60_000, Number.POSITIVE_INFINITY]) {
    const inbox = new Inbox<string>(1);
    const taken = inbox.take(patience);
    inbox.push('here');
    t.is(await taken, 'here');
  }
});

test('nothing comes of waiting too long, of none at all, or of an inbox that is closed', async (t) => {
  const inbox = new Inbox<string>(1);
  t.is(await inbox.take(1), undefined);
  t.is(await inbox.take(-1), undefined);
  const taken = inbox.take(Number.POSITIVE_INFINITY);
  inbox.close();
  t.is(await taken, undefined);
  inbox.push('late');
  t.is(await inbox.take(Number.POSITIVE_INFINITY), undefined);
});

test('what was not taken can be forgotten', async (t) => {
  const inbox = new Inbox<string>(1);
  inbox.push('old');
  inbox.clear();
  t.is(await inbox.take(0), undefined);
});

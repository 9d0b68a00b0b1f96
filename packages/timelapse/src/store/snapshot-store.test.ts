import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { jpegLike, snapshotOf, temporaryFolder } from '../snapshots.fixture.js';
import { SnapshotStore } from './snapshot-store.js';

const NOON = Date.parse('2026-11-24T12:00:00.123Z');

async function openStore(t: ExecutionContext, folder: string, keep = Number.POSITIVE_INFINITY): Promise<SnapshotStore> {
  const store = await SnapshotStore.open(folder, keep, silentLogger);
  t.teardown(() => store.close());
  return store;
}

const visible = (folder: string) => readdirSync(folder).filter((name) => name !== '.collector.lock');
const indexOf = (folder: string) => readFileSync(join(folder, 'index.csv'), 'utf8');

test('snapshots get numbers, the time of their capture, and a line in the index', async (t) => {
  const folder = join(temporaryFolder(t), 'print', 'layers');
  const store = await openStore(t, folder);
  t.is(store.last, undefined);
  await store.add(snapshotOf(7, { capturedAt: NOON, sequence: 41 }));
  t.like(await store.add(snapshotOf(8, { capturedAt: NOON + 10_000.6 })), { number: 2, name: '000002.jpg' });
  t.deepEqual(visible(folder).sort(), ['000001.jpg', '000002.jpg', 'index.csv']);
  t.is(statSync(join(folder, '000001.jpg')).mtime.getTime(), NOON);
  t.deepEqual(readFileSync(join(folder, '000002.jpg')), jpegLike(8));
  t.is(indexOf(folder), 'number,time,sequence\n1,2026-11-24T12:00:00.123Z,41\n2,2026-11-24T12:00:10.124Z,\n');
  t.is(store.last?.number, 2);
});

test('a snapshot of unknown time gets the time of its arrival', async (t) => {
  const folder = temporaryFolder(t);
  await (await openStore(t, folder)).add(snapshotOf(1, { arrivedAt: NOON }));
  t.is(statSync(join(folder, '000001.jpg')).mtime.getTime(), NOON);
});

test('a folder is continued at the next number, also if the newest snapshots were removed', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, '000002.jpg'), jpegLike(2));
  writeFileSync(
    join(folder, 'index.csv'),
    'number,time,sequence\n2,2026-11-24T12:00:00.000Z,\n5,2026-11-24T12:00:01.000Z,\n',
  );
  const store = await openStore(t, folder);
  t.is((await store.add(snapshotOf(6)))?.number, 6);
});

test('numbers continue beyond six digits', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, '999999.jpg'), jpegLike(1));
  const store = await openStore(t, folder);
  t.is((await store.add(snapshotOf(2)))?.name, '1000000.jpg');
  await store.close();
  t.is((await (await openStore(t, folder)).add(snapshotOf(3)))?.name, '1000001.jpg');
});

test('a frame is never stored twice: recognized by time and sequence, else by its bytes', async (t) => {
  const folder = temporaryFolder(t);
  const timed = snapshotOf(1, { capturedAt: NOON, sequence: 4 });
  const untimed = snapshotOf(2);
  const first = await openStore(t, folder);
  await first.add(timed);
  t.is(await first.add({ ...timed, data: jpegLike(9) }), undefined, 'encoded anew');
  t.truthy(await first.add({ ...timed, sequence: 5 }), 'another camera, in the same millisecond');
  t.truthy(await first.add({ ...timed, capturedAt: NOON + 1000 }), 'a snapshot that does not change is a new frame');
  await first.add(untimed);
  t.is(await first.add({ ...untimed, arrivedAt: NOON + 5 }), undefined);
  await first.close();
  const second = await openStore(t, folder);
  t.is(await second.add(timed), undefined);
  t.is(await second.add(untimed), undefined);
  t.truthy(await second.add(snapshotOf(3)));
});

test('a frame whose time arrived too late is recognized when it arrives again with its time, and vice versa', async (t) => {
  const folder = temporaryFolder(t);
  const first = await openStore(t, folder);
  await first.add(snapshotOf(1));
  t.is(await first.add(snapshotOf(1, { capturedAt: NOON, sequence: 4 })), undefined);
  await first.close();
  const second = await openStore(t, folder);
  t.is(await second.add(snapshotOf(1, { capturedAt: NOON, sequence: 4 })), undefined, 'also after a start');
  await second.add(snapshotOf(2, { capturedAt: NOON, sequence: 5 }));
  t.is(await second.add(snapshotOf(2)), undefined);
});

test('what a crash left is repaired: partial files and lines are removed, a snapshot without a line gets one', async (t) => {
  const folder = temporaryFolder(t);
  for (const number of [1, 2, 3]) writeFileSync(join(folder, `00000${number}.jpg`), jpegLike(number));
  utimesSync(join(folder, '000003.jpg'), new Date(NOON), new Date(NOON));
  writeFileSync(join(folder, '.000004.jpg.part'), jpegLike(4).subarray(0, 50));
  writeFileSync(join(folder, '.index.csv.part'), 'numb');
  const whole = 'number,time,sequence\n1,2026-11-24T11:00:00.000Z,7\n2,2026-11-24T11:00:01.000Z,8\n';
  writeFileSync(join(folder, 'index.csv'), `${whole}3,2026-11-2`);
  const store = await openStore(t, folder);
  t.deepEqual(visible(folder).sort(), ['000001.jpg', '000002.jpg', '000003.jpg', 'index.csv']);
  t.is(indexOf(folder), `${whole}3,2026-11-24T12:00:00.123Z,\n`);
  // Its line was lost, but not its time: it was stored before.
  t.is(await store.add(snapshotOf(3, { capturedAt: NOON, sequence: 9 })), undefined);
  t.is((await store.add(snapshotOf(4)))?.number, 4);
});

test('an index without its header is written again', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'index.csv'), 'numb');
  await (await openStore(t, folder)).add(snapshotOf(1, { capturedAt: NOON }));
  t.is(indexOf(folder), 'number,time,sequence\n1,2026-11-24T12:00:00.123Z,\n');
});

test('other lines and files are not changed', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'notes.txt'), 'first print');
  writeFileSync(join(folder, '12.jpg'), 'not numbered by us');
  writeFileSync(join(folder, 'index.csv'), 'number,time,sequence\nhello\n');
  const store = await openStore(t, folder);
  t.is((await store.add(snapshotOf(1, { capturedAt: NOON })))?.number, 1);
  t.is(indexOf(folder), 'number,time,sequence\nhello\n1,2026-11-24T12:00:00.123Z,\n');
  t.true(visible(folder).includes('12.jpg'));
});

test('with keep the oldest are deleted, and numbers continue', async (t) => {
  const folder = temporaryFolder(t);
  const store = await openStore(t, folder, 2);
  for (const number of [1, 2, 3, 4]) await store.add(snapshotOf(number));
  t.deepEqual(visible(folder).sort(), ['000003.jpg', '000004.jpg', 'index.csv']);
  await store.close();
  t.is((await (await openStore(t, folder, 2)).add(snapshotOf(5)))?.number, 5);
  t.deepEqual(visible(folder).sort(), ['000004.jpg', '000005.jpg', 'index.csv']);
});

test('with keep the index does not grow without limit', async (t) => {
  const folder = temporaryFolder(t);
  const gone = Array.from({ length: 1100 }, (_, i) => `${i + 1},2026-11-24T12:00:00.000Z,\n`).join('');
  writeFileSync(join(folder, 'index.csv'), `number,time,sequence\n${gone}`);
  const store = await openStore(t, folder, 1);
  for (const number of [1, 2, 3]) await store.add(snapshotOf(number, { capturedAt: NOON + number }));
  t.is(indexOf(folder), 'number,time,sequence\n1102,2026-11-24T12:00:00.125Z,\n1103,2026-11-24T12:00:00.126Z,\n');
});

test('a folder that cannot be made or written is reported', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  await t.throwsAsync(SnapshotStore.open(join(folder, 'file'), 1, silentLogger), {
    code: 'TIMELAPSE_UNWRITABLE',
    message: /file cannot be written: a file of this name exists$/,
  });
  await t.throwsAsync(SnapshotStore.open(join(folder, 'file', 'below'), 1, silentLogger), {
    message: /a part of its path is not a folder$/,
  });
});

test('a collector whose folder another one took over stops before it writes', async (t) => {
  const folder = temporaryFolder(t);
  const store = await openStore(t, folder);
  writeFileSync(join(folder, '.collector.lock'), '{}');
  await t.throwsAsync(store.add(snapshotOf(1)), { code: 'TIMELAPSE_FOLDER_IN_USE' });
  t.deepEqual(visible(folder), ['index.csv']);
});

import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectJpeg, isBroken, silentLogger } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { canMount, enlarge, smallDisk } from '../small-disk.fixture.js';
import { jpegLike, numberIn, snapshotOf } from '../snapshots.fixture.js';
import { SnapshotStore } from './snapshot-store.js';

const NOON = Date.parse('2026-11-24T12:00:00.123Z');

async function openStore(t: ExecutionContext, folder: string): Promise<SnapshotStore> {
  const store = await SnapshotStore.open(folder, Number.POSITIVE_INFINITY, silentLogger);
  t.teardown(() => store.close());
  return store;
}

const visible = (folder: string) => readdirSync(folder).filter((name) => name !== '.collector.lock');
const indexOf = (folder: string) => readFileSync(join(folder, 'index.csv'), 'utf8');

if (!canMount) console.warn('SKIPPED: only root can mount, so no disk was filled');
const filling = canMount ? test : test.skip;

filling('a full disk ends collecting: all snapshots are whole, and it continues with more space', async (t) => {
  const folder = smallDisk(t);
  const big = (number: number) => snapshotOf(number, { data: jpegLike(number, 20_000), capturedAt: NOON + number });
  const store = await openStore(t, folder);
  let stored = 0;
  const fill = async () => {
    for (;;) {
      await store.add(big(stored + 1));
      stored += 1;
    }
  };
  const error = await t.throwsAsync(fill(), { code: 'TIMELAPSE_DISK_FULL' });
  t.regex(error?.message ?? '', /^the disk is full: .*\.jpg was not written; free some space$/);
  await store.close();
  t.true(stored > 5);
  const files = visible(folder).filter((name) => name.endsWith('.jpg'));
  t.is(files.length, stored, 'no partial files');
  for (const file of files) t.false(isBroken(inspectJpeg(readFileSync(join(folder, file)))), file);
  t.is(indexOf(folder).trimEnd().split('\n').length, 1 + stored);
  enlarge(folder);
  const next = await (await openStore(t, folder)).add(big(stored + 1));
  t.is(next?.number, stored + 1);
  t.is(numberIn(readFileSync(join(folder, next?.name ?? ''))), stored + 1);
});

filling('a disk that is full after the snapshot keeps it, and its line is written later', async (t) => {
  const folder = smallDisk(t);
  // Memory disks allocate pages: the index has filled its own, and one is left, for the snapshot.
  const header = 'number,time,sequence\n';
  const before = `${header}${'x'.repeat(4096 - header.length - 1)}\n`;
  writeFileSync(join(folder, 'index.csv'), before);
  const store = await openStore(t, folder);
  const filler = join(folder, 'filler');
  const size =
    t.throws(() => writeFileSync(filler, Buffer.alloc(2 ** 20)), { code: 'ENOSPC' }) && statSync(filler).size;
  truncateSync(filler, (size ?? 0) - 4096);
  await t.throwsAsync(store.add(snapshotOf(1, { capturedAt: NOON })), {
    code: 'TIMELAPSE_DISK_FULL',
    message: /index\.csv was not written/,
  });
  await store.close();
  t.is(indexOf(folder), before);
  rmSync(filler);
  t.is((await openStore(t, folder)).last?.number, 1);
  t.is(indexOf(folder), `${before}1,2026-11-24T12:00:00.123Z,\n`);
});

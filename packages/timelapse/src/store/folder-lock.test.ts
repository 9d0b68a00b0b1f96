import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../pictures.fixture.js';
import { FolderLock } from './folder-lock.js';
import { ownIdentity } from './process-identity.js';

const lockOf = (folder: string) => join(folder, '.collector.lock');

/** Writes a lock as a collector does. */
function lockBy(folder: string, owner: object): void {
  writeFileSync(lockOf(folder), JSON.stringify({ ...ownIdentity(), token: 'other', ...owner }));
}

function makeOld(folder: string): void {
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(lockOf(folder), longAgo, longAgo);
}

test('a folder has one collector at a time, also within a process', async (t) => {
  const folder = temporaryFolder(t);
  const lock = await FolderLock.take(folder);
  const error = await t.throwsAsync(FolderLock.take(folder), { code: 'TIMELAPSE_FOLDER_IN_USE' });
  t.true(error?.message.startsWith(`process ${process.pid} on `));
  t.true(error?.message.includes(`remove ${lockOf(folder)}`));
  await lock.release();
  t.deepEqual(readdirSync(folder), []);
  await (await FolderLock.take(folder)).release();
});

test('a process that was killed has no right any more', async (t) => {
  const folder = temporaryFolder(t);
  const module = new URL('./folder-lock.js', import.meta.url).href;
  const script = `(await import(process.argv[1])).FolderLock.take(process.argv[2]).then(() => console.log('taken')); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, module, folder]);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await t.throwsAsync(FolderLock.take(folder), { message: new RegExp(`^process ${child.pid} on `) });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await FolderLock.take(folder);
  t.true(await lock.isHeld());
  await lock.release();
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'a number that another process has now, or a lock from before the machine was started, is of no avail',
  async (t) => {
    const folder = temporaryFolder(t);
    for (const owner of [{ begun: '1' }, { boot: 'another' }]) {
      lockBy(folder, owner);
      await (await FolderLock.take(folder)).release();
    }
    t.pass();
  },
);

test('owners that cannot be seen from here are alive for as long as they touch their lock', async (t) => {
  const folder = temporaryFolder(t);
  for (const owner of [{ host: 'elsewhere' }, { namespace: 'pid:[1]' }]) {
    lockBy(folder, owner);
    await t.throwsAsync(FolderLock.take(folder), { code: 'TIMELAPSE_FOLDER_IN_USE' });
    makeOld(folder);
    await (await FolderLock.take(folder)).release();
  }
});

test('a lock that cannot be read is being written, unless it is old', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(lockOf(folder), '');
  await t.throwsAsync(FolderLock.take(folder), { code: 'TIMELAPSE_FOLDER_IN_USE', message: /^another process / });
  makeOld(folder);
  await (await FolderLock.take(folder)).release();
});

test('of many that come to a lock without an owner, one gets it', async (t) => {
  const folder = temporaryFolder(t);
  lockBy(folder, { pid: 2 ** 22 + 1 });
  const takes = await Promise.allSettled(Array.from({ length: 20 }, () => FolderLock.take(folder)));
  const locks = takes.flatMap((take) => (take.status === 'fulfilled' ? [take.value] : []));
  const held = await Promise.all(locks.map((lock) => lock.isHeld()));
  t.is(held.filter(Boolean).length, 1);
  await Promise.all(locks.map((lock) => lock.release()));
  t.false(existsSync(lockOf(folder)));
  t.deepEqual(readdirSync(folder), []);
});

test('a lock that was taken away is not held, and the new one is left alone', async (t) => {
  const folder = temporaryFolder(t);
  const lock = await FolderLock.take(folder);
  rmSync(lockOf(folder));
  t.false(await lock.isHeld());
  lockBy(folder, {});
  t.false(await lock.isHeld());
  await lock.release();
  t.is(JSON.parse(readFileSync(lockOf(folder), 'utf8')).token, 'other');
});

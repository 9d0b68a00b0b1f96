import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../snapshots.fixture.js';
import { FolderLock, ownIdentity } from './folder-lock.js';

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
  const lock = await FolderLock.acquire(folder);
  const error = await t.throwsAsync(FolderLock.acquire(folder), { code: 'TIMELAPSE_FOLDER_IN_USE' });
  t.true(error?.message.startsWith(`process ${process.pid} on `));
  t.true(error?.message.includes(`remove ${lockOf(folder)}`));
  await lock.release();
  t.deepEqual(readdirSync(folder), []);
  await (await FolderLock.acquire(folder)).release();
});

test('the lock of a killed process is void', async (t) => {
  const folder = temporaryFolder(t);
  const module = new URL('./folder-lock.js', import.meta.url).href;
  const script = `(await import(process.argv[1])).FolderLock.acquire(process.argv[2]).then(() => console.log('locked')); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, module, folder]);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await t.throwsAsync(FolderLock.acquire(folder), { message: new RegExp(`^process ${child.pid} on `) });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await FolderLock.acquire(folder);
  t.true(await lock.isHeld());
  await lock.release();
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('the lock of a process ID that was used again, or from before the machine started, is void', async (t) => {
  const folder = temporaryFolder(t);
  for (const owner of [{ begun: '1' }, { boot: 'another' }]) {
    lockBy(folder, owner);
    await (await FolderLock.acquire(folder)).release();
  }
  t.pass();
});

test('the lock of an owner in another place is valid while it is touched', async (t) => {
  const folder = temporaryFolder(t);
  for (const owner of [{ host: 'far-away' }, { namespace: 'pid:[1]' }]) {
    lockBy(folder, owner);
    await t.throwsAsync(FolderLock.acquire(folder), { code: 'TIMELAPSE_FOLDER_IN_USE' });
    makeOld(folder);
    await (await FolderLock.acquire(folder)).release();
  }
});

test('a lock that cannot be read is valid, unless it is old', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(lockOf(folder), '');
  await t.throwsAsync(FolderLock.acquire(folder), { code: 'TIMELAPSE_FOLDER_IN_USE', message: /^another process / });
  makeOld(folder);
  await (await FolderLock.acquire(folder)).release();
});

test('of many processes that find a void lock, one gets it', async (t) => {
  const folder = temporaryFolder(t);
  lockBy(folder, { pid: 2 ** 22 + 1 });
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => FolderLock.acquire(folder)));
  const locks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  const held = await Promise.all(locks.map((lock) => lock.isHeld()));
  t.is(held.filter(Boolean).length, 1);
  await Promise.all(locks.map((lock) => lock.release()));
  t.false(existsSync(lockOf(folder)));
  t.deepEqual(readdirSync(folder), []);
});

test('a removed lock is not held, and a new one is not changed', async (t) => {
  const folder = temporaryFolder(t);
  const lock = await FolderLock.acquire(folder);
  rmSync(lockOf(folder));
  t.false(await lock.isHeld());
  lockBy(folder, {});
  t.false(await lock.isHeld());
  await lock.release();
  t.is(JSON.parse(readFileSync(lockOf(folder), 'utf8')).token, 'other');
});

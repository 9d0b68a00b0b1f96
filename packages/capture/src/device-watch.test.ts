import { watch as fsWatch, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { DeviceWatch } from './device-watch.js';

interface Folder {
  readonly watch: DeviceWatch;
  plug(name: string): Promise<void>;
  path(name: string): string;
}

async function folderFor(t: ExecutionContext): Promise<Folder> {
  const folder = await mkdtemp(join(tmpdir(), 'framehub-dev-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = (name: string): string => join(folder, name);
  return { watch: new DeviceWatch(folder), path, plug: (name) => writeFile(path(name), '') };
}

/** Listens, and waits for the next call. */
function listener(watch: DeviceWatch) {
  let called = 0;
  let heard = (): void => {};
  const listening = watch.subscribe(() => {
    called += 1;
    heard();
  });
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      heard = resolve;
    });
  return {
    stop: () => listening.close(),
    next,
    get called() {
      return called;
    },
  };
}

test('devices that appear are reported, several at a time once', async (t) => {
  const { watch, plug, path } = await folderFor(t);
  const ear = listener(watch);
  const told = ear.next();
  // In one go: no event is read meanwhile.
  for (const name of ['video0', 'video1', 'video12']) writeFileSync(path(name), '');
  await told;
  t.is(ear.called, 1);
  const again = ear.next();
  await plug('video2');
  await again;
  t.is(ear.called, 2);
  ear.stop();
});

test('a device with new permissions is reported', async (t) => {
  const { watch, plug, path } = await folderFor(t);
  await plug('video0');
  const ear = listener(watch);
  const told = ear.next();
  await chmod(path('video0'), 0o666);
  await told;
  t.is(ear.called, 1);
  ear.stop();
});

test('the folder of links is reported', async (t) => {
  const { watch, path } = await folderFor(t);
  const ear = listener(watch);
  const told = ear.next();
  await mkdir(path('v4l'));
  await told;
  t.is(ear.called, 1);
  ear.stop();
});

test('other devices, and those that disappear, are not reported', async (t) => {
  const { watch, plug, path } = await folderFor(t);
  await plug('video0');
  const ear = listener(watch);
  const other = listener(watch);
  // The kernel reports events in their order: after a marker's, all before it have been read.
  const markers = fsWatch(path('.'));
  const marked = new Promise<void>((resolve) => markers.on('change', (_event, name) => name === 'marker' && resolve()));
  await rm(path('video0'));
  for (const name of ['tty0', 'video', 'video-old', 'xvideo1', 'v4l-subdev0', 'marker']) await plug(name);
  await marked;
  markers.close();
  t.false(watch.gathering);
  const told = Promise.all([ear.next(), other.next()]);
  await plug('video1');
  await told;
  t.deepEqual([ear.called, other.called], [1, 1]);
  ear.stop();
  other.stop();
});

test('the folder is watched only while there are listeners', async (t) => {
  const { watch } = await folderFor(t);
  t.false(watch.active);
  const [first, second] = [watch.subscribe(() => {}), watch.subscribe(() => {})];
  t.true(watch.active);
  first.close();
  first.close();
  t.true(watch.active);
  second.close();
  t.false(watch.active);
});

test('a missing folder is one warning, and nothing fails', async (t) => {
  const said: Error[] = [];
  const hear = (warning: Error): number => said.push(warning);
  process.on('warning', hear);
  t.teardown(() => process.off('warning', hear));
  const watch = new DeviceWatch('/nonexistent/framehub');
  for (let i = 0; i < 2; i++) {
    const listening = watch.subscribe(() => {});
    t.false(watch.active);
    listening.close();
  }
  await new Promise((resolve) => setImmediate(resolve));
  t.like(said, [{ code: 'ENOENT' }]);
  t.regex(said[0]?.message ?? '', /noticed late.*\/nonexistent\/framehub cannot be watched/);
  t.is(said.length, 1);
});

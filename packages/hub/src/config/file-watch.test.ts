import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { FileWatch } from './reload.js';

/** A watched file in a folder of its own. `saved()` resolves when it was noticed once more. */
function setup(t: ExecutionContext, prepare = (folder: string) => writeFileSync(join(folder, 'framehub.yaml'), 'a')) {
  const folder = temporaryFolder('watch');
  prepare(folder);
  const file = join(folder, 'framehub.yaml');
  const told = { times: 0, wake: () => {} };
  const watch = new FileWatch(
    file,
    () => {
      told.times += 1;
      told.wake();
    },
    (error) => t.fail(String(error)),
  );
  t.teardown(() => watch.close());
  let awaited = 0;
  const saved = async () => {
    awaited += 1;
    while (told.times < awaited)
      await new Promise<void>((resolve) => {
        told.wake = resolve;
      });
    t.is(told.times, awaited);
  };
  return { folder, file, saved, watch, told };
}

test('a file that is written in place is reported each time', async (t) => {
  const { file, saved } = setup(t);
  for (const text of ['b', 'c']) {
    writeFileSync(file, text);
    await saved();
  }
});

test('a file that another takes the place of, as editors do, again and again', async (t) => {
  const { file, saved } = setup(t);
  for (const text of ['b', 'c']) {
    writeFileSync(`${file}~`, text);
    renameSync(`${file}~`, file);
    await saved();
  }
});

test('a file that goes, and one that comes', async (t) => {
  const { file, saved } = setup(t);
  rmSync(file);
  await saved();
  writeFileSync(file, 'b');
  await saved();
});

test('many writes at a time are one', async (t) => {
  const { file, saved } = setup(t);
  for (let i = 0; i < 20; i++) writeFileSync(file, 'x'.repeat(i));
  await saved();
  writeFileSync(file, 'at last');
  await saved();
});

test('other files of the folder are not reported', async (t) => {
  const { file, folder, saved, told } = setup(t);
  writeFileSync(join(folder, 'other.yaml'), 'b');
  // Longer than a file is given to settle: a report would have come.
  await new Promise((resolve) => setTimeout(resolve, 600));
  t.is(told.times, 0);
  writeFileSync(file, 'b');
  await saved();
});

test('a link: what it leads to is changed, and it is turned to another file', async (t) => {
  const { file, folder, saved } = setup(t, (root) => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'real.yaml'), 'a');
    }
    symlinkSync('one/real.yaml', join(root, 'framehub.yaml'));
  });
  writeFileSync(join(folder, 'one/real.yaml'), 'b');
  await saved();
  symlinkSync('two/real.yaml', `${file}~`);
  renameSync(`${file}~`, file);
  await saved();
  writeFileSync(join(folder, 'two/real.yaml'), 'c');
  await saved();
});

test('a folder that is a link to what is swapped, as a container’s configuration is', async (t) => {
  const { folder, saved } = setup(t, (root) => {
    for (const name of ['v1', 'v2']) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'framehub.yaml'), name);
    }
    symlinkSync('v1', join(root, 'data'));
    symlinkSync('data/framehub.yaml', join(root, 'framehub.yaml'));
  });
  symlinkSync('v2', join(folder, 'data~'));
  renameSync(join(folder, 'data~'), join(folder, 'data'));
  await saved();
});

test('where nothing can be watched, it says so', (t) => {
  const errors: unknown[] = [];
  const watch = new FileWatch('/nowhere/at/all.yaml', t.fail, (error) => errors.push(error));
  watch.close();
  t.like(errors, [{ code: 'ENOENT' }]);
});

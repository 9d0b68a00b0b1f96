import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { parseConfig, readConfigFile } from './load.js';
import { Reload } from './reload.js';
import type { Config } from './schema.js';

/** A file that is followed. What came of it is in `events`, in order; `next()` waits for one more. */
function setup(t: ExecutionContext, text = 'http: { port: 1 }') {
  const file = join(temporaryFolder('reload'), 'framehub.yaml');
  writeFileSync(file, text);
  const events: string[] = [];
  let wake = () => {};
  const say = (event: string) => {
    events.push(event);
    wake();
  };
  const gate = { open: Promise.resolve() };
  const reload = new Reload({
    file,
    text,
    read: (content) => parseConfig(content, file),
    async apply({ http }: Config) {
      say(`port ${http.port}`);
      await gate.open;
    },
    logger: { ...silentLogger, error: (_, message) => say(message.replaceAll(file, 'FILE')) },
  });
  t.teardown(() => reload.close());
  let read = 0;
  const next = async (): Promise<string> => {
    while (events.length <= read)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return events[read++] as string;
  };
  return { file, reload, next, events, gate };
}

test('what is saved is applied', async (t) => {
  const { file, next } = setup(t);
  writeFileSync(file, 'http: { port: 2 }');
  t.is(await next(), 'port 2');
});

test('a file that is not in order changes nothing and says why; put right, it is applied', async (t) => {
  const { file, next, events } = setup(t);
  writeFileSync(file, 'http: { port: x }');
  t.is(await next(), 'nothing is changed: FILE:1:15: http.port must be a whole number from 0 to 65535, not x');
  writeFileSync(file, 'http: { port: 3 }');
  t.is(await next(), 'port 3');
  t.is(events.length, 2);
});

test('a file that is gone changes nothing', async (t) => {
  const { file, next } = setup(t);
  rmSync(file);
  t.is(await next(), 'nothing is changed: the configuration FILE cannot be read: there is no such file or folder');
  writeFileSync(file, 'http: { port: 4 }');
  t.is(await next(), 'port 4');
});

test('a file that is empty, as one is while it is copied over, changes nothing', async (t) => {
  const { file, next } = setup(t);
  for (const text of ['', '# my cameras\n\n']) {
    writeFileSync(file, text);
    t.is(await next(), 'nothing is changed: FILE is empty: write `cameras: {}` into it if that is intended');
  }
  writeFileSync(file, 'cameras: {}');
  t.regex(await next(), /^port/);
});

test('asked to, it reads the file whether it has changed or not, and complains again', async (t) => {
  const { file, reload, next } = setup(t);
  reload.readAgain();
  t.is(await next(), 'port 1');
  writeFileSync(file, 'zzz: 1');
  t.regex(await next(), /unknown key/);
  reload.readAgain();
  t.regex(await next(), /unknown key/);
});

test('what was saved before anybody looked is not missed', async (t) => {
  const { file, reload } = setup(t);
  reload.close();
  const text = readConfigFile(file);
  writeFileSync(file, 'http: { port: 5 }');
  const ports: number[] = [];
  const again = new Reload({
    file,
    text,
    read: (content) => parseConfig(content, file),
    apply: async ({ http }) => void ports.push(http.port),
    logger: silentLogger,
  });
  t.deepEqual(ports, [5]);
  again.close();
});

test('while one is being applied only the newest waits', async (t) => {
  const { file, reload, next, events, gate } = setup(t);
  let open = () => {};
  gate.open = new Promise((resolve) => {
    open = resolve;
  });
  for (const port of [6, 7, 8]) {
    writeFileSync(file, `http: { port: ${port} }`);
    reload.readAgain();
  }
  t.is(await next(), 'port 6');
  open();
  t.is(await next(), 'port 8');
  t.deepEqual(events, ['port 6', 'port 8']);
});

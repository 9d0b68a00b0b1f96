import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JPEGS } from '@framehub/testing';
import test from 'ava';

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test('the example of the README is the one that is tested', (t) => {
  const [, example] = /^```ts\n(.*?)^```$/ms.exec(readFileSync(fileOf('../README.md'), 'utf8')) ?? [];
  const tested = readFileSync(fileOf('../src/embed.fixture.ts'), 'utf8');
  t.is(example, tested.replace("'./index.js'", "'@framehub/http-gateway'"));
});

test('the example of the README serves the frames of a hub of its own', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'framehub-embed-'));
  const image = join(folder, 'door.jpg');
  writeFileSync(image, JPEGS[1]);
  const child = spawn(process.execPath, [fileOf('embed.fixture.js')], {
    env: { ...process.env, IMAGE: image, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => {
    child.kill();
    rmSync(folder, { recursive: true });
  });
  const [line] = await once(child.stdout, 'data');
  const url = String(line).trim();
  const snapshot = await fetch(`${url}snapshot/door`);
  t.is(snapshot.status, 200);
  t.deepEqual(Buffer.from(await snapshot.arrayBuffer()), Buffer.from(JPEGS[1]));
  t.like(await (await fetch(`${url}api/cameras/door`)).json(), {
    name: 'door',
    state: 'live',
    settings: { rotate: 0 },
  });
});

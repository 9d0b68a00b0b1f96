import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { readAuthFile } from './files.js';

const folder = temporaryFolder('auth');

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function warnings(path: string): string[] {
  const said: string[] = [];
  readAuthFile(path, { ...silentLogger, warn: (_, message) => said.push(message) });
  return said;
}

test('a line is NAME:PASSWORD, and a password may hold anything', (t) => {
  t.deepEqual(readAuthFile(file('ok', '# people\n\nann:se cret:#1\r\nbob:x\n'), silentLogger), [
    { name: 'ann', password: 'se cret:#1' },
    { name: 'bob', password: 'x' },
  ]);
});

test('what is no such line is refused with its place, and without what it says', (t) => {
  t.throws(() => readAuthFile(file('bad', 'ann:x\nsecret\n'), silentLogger), {
    code: 'CONFIG_AUTH_FILE_INVALID',
    message: /bad:2: a line must be NAME:PASSWORD$/,
  });
  t.throws(() => readAuthFile(file('none', 'ann:\n'), silentLogger), {
    code: 'CONFIG_AUTH_FILE_INVALID',
    message: /none:1: the password is empty$/,
  });
  t.throws(() => readAuthFile(file('empty', '# nobody\n'), silentLogger), { code: 'CONFIG_AUTH_FILE_INVALID' });
  t.throws(() => readAuthFile(join(folder, 'missing'), silentLogger), {
    code: 'CONFIG_FILE_UNREADABLE',
    message: /there is no such file/,
  });
});

const onPosix = process.platform === 'win32' ? test.skip : test;
onPosix('a file that everyone can read is warned of', (t) => {
  t.is(warnings(file('open', 'a:b', 0o644)).length, 1);
  t.is(warnings(file('closed', 'a:b', 0o600)).length, 0);
});

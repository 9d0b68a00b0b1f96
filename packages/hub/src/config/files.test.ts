import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { readPasswordFile } from './files.js';

const folder = temporaryFolder('secret');

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  return path;
}

test('a password is all of the file but the end of its line', (t) => {
  const read = (text: string) => readPasswordFile(file('password', text), 'key', silentLogger);
  t.is(read('secret'), 'secret');
  t.is(read(' se:cret \r\n'), ' se:cret ');
});

test('a file that is missing, empty, or holds more is named with its setting, and not repeated', (t) => {
  const refused = (path: string) =>
    t.throws(() => readPasswordFile(path, 'mqtt.passwordFile', silentLogger), { code: 'CONFIG_FILE_UNREADABLE' })
      ?.message;
  const none = join(folder, 'none');
  t.is(refused(none), `mqtt.passwordFile: ${none} cannot be read: there is no such file or folder`);
  for (const text of ['', '\n', 'one\ntwo\n'])
    t.regex(refused(file('bad', text)) ?? '', /^mqtt\.passwordFile: .*bad must hold one line, the password$/);
});

test('a file that everyone can read is warned of', (t) => {
  const said: string[] = [];
  readPasswordFile(file('open', 'secret', 0o644), 'key', { ...silentLogger, warn: (_, text) => void said.push(text) });
  if (process.platform === 'win32') t.deepEqual(said, []);
  else t.regex(said.join(), /^everyone on this machine can read the passwords in .*open: chmod 600 /);
});

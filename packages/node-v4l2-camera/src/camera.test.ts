import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import test from 'ava';
import { listDevices, V4l2Camera } from './index.js';

// Tests that need a camera run in the virtual machine: ../vm.
const linux = process.platform === 'linux' ? test.serial : test.serial.skip;

linux('files that are not cameras do not open, and leave no descriptor behind', (t) => {
  const descriptors = readdirSync('/proc/self/fd').length;
  t.throws(() => V4l2Camera.open('/dev/nonexistent'), { code: 'ENOENT', message: /no such device/ });
  t.throws(() => V4l2Camera.open('/dev/null'), { code: 'ENOTTY', message: /not a Video4Linux device/ });
  t.throws(() => V4l2Camera.open(tmpdir()), { code: 'EISDIR' });
  t.throws(() => V4l2Camera.open(''), { code: 'ENOENT' });
  t.is(readdirSync('/proc/self/fd').length, descriptors);
});

linux('listing devices works with and without cameras', (t) => {
  const devices = listDevices(() => {});
  t.true(devices.every(({ path }) => /^\/dev\/video\d+$/.test(path)));
});

test('on other systems the package loads, and its first call reports what is missing', async (t) => {
  const script = `
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    const { createRequire } = await import('node:module');
    const { listDevices, V4l2Camera } = await import(${JSON.stringify(new URL('./index.js', import.meta.url).href)});
    for (const call of [listDevices, () => V4l2Camera.open('/dev/video0')]) {
      try { call(); } catch ({ code, message }) { console.log(code + ' ' + message); }
    }
    console.log(Object.keys(createRequire('/').cache).filter((path) => path.includes('koffi')).length);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  const line = 'ENOSYS Video4Linux needs Linux, not darwin';
  t.deepEqual(stdout.trim().split('\n'), [line, line, '0']);
});

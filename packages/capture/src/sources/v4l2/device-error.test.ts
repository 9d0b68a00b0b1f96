import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test from 'ava';
import { V4l2Error } from 'node-v4l2-camera';
import { deviceError, holdersOf } from './device-error.js';

const DEVICE = '/dev/video0';
for (const [errno, syscall, code, advice] of [
  ['EBUSY', 'VIDIOC_STREAMON', 'CAPTURE_DEVICE_BUSY', /in use by/],
  ['EACCES', 'open', 'CAPTURE_NO_PERMISSION', /sudo usermod -aG video \$USER.*log out and in again/],
  ['EPERM', 'open', 'CAPTURE_NO_PERMISSION', /usermod/],
  ['ENOENT', 'open', 'CAPTURE_DEVICE_GONE', /framehub devices/],
  ['ENODEV', 'VIDIOC_DQBUF', 'CAPTURE_DEVICE_GONE', /plug the camera in/],
  ['ENXIO', 'open', 'CAPTURE_DEVICE_GONE', /not there/],
  ['EBUSY', 'open', 'CAPTURE_DEVICE_BUSY', /waking up, or in use/],
  [
    'ENOSPC',
    'VIDIOC_STREAMON',
    'CAPTURE_NO_BANDWIDTH',
    /smaller size or a lower frame rate \(`onNoBandwidth: fallback` does\)/,
  ],
  ['ESHUTDOWN', 'VIDIOC_QUERY_EXT_CTRL', 'CAPTURE_DEVICE_GONE', /not there/],
  ['EISDIR', 'open', 'CAPTURE_NOT_A_CAMERA', /framehub devices/],
  ['ENOTTY', 'VIDIOC_QUERYCAP', 'CAPTURE_NOT_A_CAMERA', /framehub devices/],
  ['EINVAL', 'VIDIOC_QUERYCAP', 'CAPTURE_NOT_A_CAMERA', /is not a camera/],
  ['ENOSYS', 'open', 'CAPTURE_UNSUPPORTED_PLATFORM', /Linux/],
  ['EIO', 'VIDIOC_DQBUF', 'CAPTURE_DEVICE_ERROR', /the driver's own words/],
] as const) {
  test(`${errno} of ${syscall} is ${code}, names the device and says what to do`, (t) => {
    const cause = new V4l2Error("/dev/video0: the driver's own words", {
      code: errno,
      errno: 1,
      syscall,
      path: DEVICE,
    });
    const error = deviceError(cause, DEVICE);
    t.is(error.code, code);
    t.true(error.message.includes(DEVICE));
    t.regex(error.message, advice);
    t.is(error.cause, cause);
  });
}

test('what is no error of the system is no fault of the device', (t) => {
  for (const fault of [new RangeError('out of memory'), undefined, Object.assign(new Error('x'), { code: 'EBUSY' })])
    t.is(deviceError(fault, DEVICE), fault);
});

test('a camera that is called otherwise than its node is named by both', (t) => {
  const { message } = deviceError(
    new V4l2Error('', { code: 'EBUSY', errno: 16, syscall: 'VIDIOC_STREAMON', path: DEVICE }),
    DEVICE,
    'serial:6A2B',
  );
  t.true(message.startsWith('serial:6A2B (/dev/video0) is in use'));
});

/** Resolves once the program has written a line. */
async function started(program: ChildProcess): Promise<void> {
  if (program.stdout) await once(program.stdout, 'data');
}

if (process.platform === 'linux') {
  test('a device that this process has open besides is in use by another camera of it', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'framehub-twice-'));
    const file = join(folder, 'video9');
    const first = await open(file, 'w');
    const messageOf = (syscall: string) =>
      deviceError(new V4l2Error('', { code: 'EBUSY', errno: 16, syscall, path: file }), file).message;
    t.regex(messageOf('VIDIOC_S_FMT'), /by another program/);
    t.regex(messageOf('open'), /by another camera of this framehub/);
    const second = await open(file, 'r');
    t.regex(messageOf('VIDIOC_S_FMT'), /by another camera of this framehub/);
    await Promise.all([first.close(), second.close()]);
    await rm(folder, { recursive: true });
  });

  test('the program that has a device open is named', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'framehub-holder-'));
    const file = join(folder, 'video9');
    await writeFile(file, '');
    t.deepEqual(holdersOf(file), []);
    const code = `require('node:fs').openSync(${JSON.stringify(file)}); console.log(); setInterval(() => {}, 1e6)`;
    const holder = spawn(process.execPath, ['-e', code]);
    await started(holder);
    t.deepEqual(holdersOf(file), [`${basename(process.execPath)} (process ${holder.pid})`]);
    holder.kill();
    await once(holder, 'exit');
    await rm(folder, { recursive: true });
  });
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackOff, FramehubError } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { DeviceWatch } from './device-watch.js';
import { Retry } from './retry.js';
import { using } from './using-camera.test.helper.js';
import { until } from './watch-state.test.helper.js';

const USB = { type: 'v4l2', device: '/dev/video0' } as const;
const FILE = { type: 'file', path: '/images' } as const;
/** Longer than any test. */
const AGES = 600_000;

const failure = (code: string): FramehubError => new FramehubError(code, 'a failure');

async function folderFor(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'framehub-dev-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** A retry that counts its tries, and waits for the next. */
function counting(backOff: BackOff, devices: DeviceWatch) {
  let tries = 0;
  let tried = (): void => {};
  const retry = new Retry(
    () => {
      tries += 1;
      tried();
    },
    { backOff, devices },
  );
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      tried = resolve;
    });
  return { retry, next, tries: () => tries };
}

test('what failed is tried again once, after a wait', async (t) => {
  const { retry, next, tries } = counting(new BackOff({ minMs: 1, maxMs: 1 }), new DeviceWatch('/nonexistent'));
  const tried = next();
  retry.failed(USB, failure('CAPTURE_STALLED'));
  retry.schedule();
  await tried;
  t.is(tries(), 1);
});

for (const [code, then, wait] of [
  ['CAPTURE_DEVICE_GONE', 'begin anew', AGES],
  ['CAPTURE_NO_PERMISSION', 'begin anew', AGES],
  ['CAPTURE_DEVICE_BUSY', 'begin anew', AGES],
  ['CAPTURE_NOT_A_CAMERA', 'begin anew', AGES],
  ['CAPTURE_STALLED', 'go on growing', 4 * AGES],
  ['CAPTURE_DEVICE_ERROR', 'go on growing', 4 * AGES],
  ['CAPTURE_NO_BANDWIDTH', 'go on growing', 4 * AGES],
  ['CAPTURE_DEVICE_AMBIGUOUS', 'go on growing', 4 * AGES],
] as const) {
  test(`after ${code} it is tried as soon as a device appears, and the waits ${then}`, async (t) => {
    const folder = await folderFor(t);
    const backOff = new BackOff({ minMs: AGES, maxMs: 4 * AGES });
    backOff.next();
    const { retry, next, tries } = counting(backOff, new DeviceWatch(folder));
    retry.failed(USB, failure(code));
    retry.schedule();
    const tried = next();
    await writeFile(join(folder, 'video0'), '');
    await tried;
    t.is(tries(), 1);
    const after = backOff.next();
    t.true(after >= wait / 2 && after <= wait, `${after} ms`);
    retry.cancel();
  });
}

test('a device that appears during an attempt, or while its thread exits, is tried as soon as possible', async (t) => {
  const folder = await folderFor(t);
  const devices = new DeviceWatch(folder);
  const { retry, next, tries } = counting(new BackOff({ minMs: AGES, maxMs: AGES }), devices);
  retry.failed(USB, failure('CAPTURE_DEVICE_GONE'));
  for (const name of ['video0', 'video1']) {
    const told = new Promise<void>((resolve) => devices.subscribe(resolve));
    await writeFile(join(folder, name), '');
    await told;
    const tried = next();
    retry.schedule();
    await tried;
  }
  t.is(tries(), 2);
  retry.cancel();
});

for (const [seconds, then, factor] of [
  [9, 'keeps its back-off', 4],
  [11, 'begins again', 1],
] as const) {
  test(`a camera that fails again after ${seconds} s of frames ${then}`, (t) => {
    const backOff = new BackOff({ minMs: AGES, maxMs: 4 * AGES });
    let now = 0;
    const retry = new Retry(() => t.fail(), { backOff, devices: new DeviceWatch('/nonexistent'), now: () => now });
    for (let failures = 0; failures < 2; failures++) {
      retry.failed(FILE, failure('CAPTURE_STALLED'));
      retry.schedule();
      retry.cancel();
      for (let second = 0; second <= seconds; second++, now += 1000) retry.working();
    }
    const next = backOff.next();
    const wait = factor * AGES;
    t.true(next >= wait / 2 && next <= wait, `${next} ms`);
  });
}

test('devices are watched only while one is waited for', (t) => {
  const devices = new DeviceWatch(tmpdir());
  const { retry } = counting(new BackOff({ minMs: AGES, maxMs: AGES }), devices);
  for (const [source, code, watched] of [
    [USB, 'CAPTURE_DEVICE_GONE', true],
    [USB, 'CAPTURE_STALLED', true],
    [USB, 'CAPTURE_DEVICE_BUSY', true],
    [FILE, 'CAPTURE_DEVICE_GONE', false],
    [USB, 'CAPTURE_NO_PERMISSION', true],
  ] as const) {
    retry.failed(source, failure(code));
    retry.schedule();
    t.is(devices.active, watched, code);
  }
  retry.cancel();
  t.false(devices.active);
});

if (process.platform === 'linux') {
  test('a camera that is waited for is tried when its node appears', async (t) => {
    const folder = await folderFor(t);
    const device = join(folder, 'video0');
    const devices = new DeviceWatch(folder);
    await using(
      { source: { type: 'v4l2', device } },
      async (camera) => {
        camera.open();
        await until(camera, ({ error }) => error?.code === 'CAPTURE_DEVICE_GONE');
        await writeFile(device, '');
        await until(camera, ({ error }) => error?.code === 'CAPTURE_NOT_A_CAMERA');
        t.is(camera.status().restarts, 1);
        t.true(devices.active);
        await camera.switchOff();
        t.false(devices.active);
      },
      { backOff: new BackOff({ minMs: AGES, maxMs: AGES }), devices },
    );
  });
}

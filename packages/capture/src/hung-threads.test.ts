import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackOff } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import type { Camera } from './camera.js';
import type { CaptureThread } from './capture-thread.js';
import { DeviceWatch } from './device-watch.js';
import type { CameraSnapshot } from './status-tracker.js';
import type { CameraParts, StartThread } from './supervisor.js';
import { NOWHERE, programs, SMALL, using } from './using-camera.test.helper.js';
import { until } from './watch-state.test.helper.js';

const USB = { type: 'v4l2', device: '/dev/video0' } as const;

const LIVE = `import { parentPort } from 'node:worker_threads';
  parentPort.postMessage({ type: 'report', captured: 1, dropped: {}, sequence: 0 });
  parentPort.on('message', ({ type }) => type === 'stop' && process.exit());`;

const failing = (code: string): string => `import { parentPort } from 'node:worker_threads';
  parentPort.postMessage({ type: 'failed', error: { code: '${code}', message: 'a failure' } });`;

/** Fails, and is then in a driver that does not let it go until the folder has a file named `answer`, or is no more. */
const hanging = (folder: string, code: string): string => `${failing(code)}
  import { existsSync } from 'node:fs';
  const word = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync('${folder}') && !existsSync('${folder}/answer')) Atomics.wait(word, 0, 0, 20);`;

const isLive = ({ state }: CameraSnapshot): boolean => state === 'live';
const isHung = ({ error }: CameraSnapshot): boolean => error?.code === 'CAPTURE_THREAD_HUNG';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** A USB camera with threads of these programs, and its driver. */
async function usingUsb(
  t: ExecutionContext,
  codes: (hang: string) => readonly (string | undefined)[],
  use: (camera: Camera, rig: Rig) => Promise<void>,
  code = 'CAPTURE_STALLED',
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'framehub-hung-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const devices = new DeviceWatch(folder);
  const { startThread, ...parts } = programs(codes(hanging(folder, code)), { exitMs: 1000 });
  const threads: CaptureThread[] = [];
  const counted: CameraParts = {
    ...parts,
    devices,
    startThread: (...args) => {
      const thread = (startThread as StartThread)(...args);
      threads.push(thread);
      return thread;
    },
  };
  const rig = {
    started: () => threads.length,
    givenUp: async () => {
      while (!threads.every(({ abandoned }) => abandoned)) await turn();
    },
    answer: () => writeFile(join(folder, 'answer'), ''),
    async plug(name: string) {
      const told = new Promise<void>((resolve) => {
        const listening = devices.subscribe(() => {
          listening.close();
          resolve();
        });
      });
      await writeFile(join(folder, name), '');
      await told;
    },
  };
  await using({ source: USB }, (camera) => use(camera, rig), counted);
}

interface Rig {
  /** Threads of the camera so far. */
  started(): number;
  /** All of them have been given up. */
  givenUp(): Promise<void>;
  /** The driver releases all threads that hang. */
  answer(): Promise<void>;
  /** Another device appears. */
  plug(name: string): Promise<void>;
}

/** As long as a camera that fails in order takes for so many tries. */
const tries = (count: number): Promise<void> =>
  using(
    { source: NOWHERE },
    async (camera) => {
      camera.open();
      while (camera.status().restarts < count) await turn();
    },
    { backOff: new BackOff({ minMs: 10, maxMs: 50 }) },
  );

test.serial('while a thread hangs no other is started; when it is back the camera is live by itself', (t) =>
  usingUsb(
    t,
    (hang) => [hang, LIVE],
    async (camera, rig) => {
      camera.open();
      const { state } = await until(camera, isHung);
      t.is(state, 'retrying');
      await tries(5);
      t.is(rig.started(), 1);
      await rig.answer();
      t.like(await until(camera, isLive), {
        error: undefined,
        restarts: 1,
        failures: { CAPTURE_STALLED: 1, CAPTURE_THREAD_HUNG: 1 },
      });
    },
  ),
);

test.serial('a camera that is plugged in anew is live although a thread hangs with its old node', (t) =>
  usingUsb(
    t,
    // Its node is there before its link.
    (hang) => [hang, failing('CAPTURE_DEVICE_GONE'), LIVE],
    async (camera, rig) => {
      camera.open();
      await until(camera, isHung);
      await rig.plug('video1');
      t.is((await until(camera, isLive)).restarts, 2);
    },
  ),
);

test.serial('whatever devices appear, no more than two threads hang', (t) =>
  usingUsb(
    t,
    (hang) => [hang, hang, LIVE],
    async (camera, rig) => {
      camera.open();
      await until(camera, isHung);
      await rig.plug('video1');
      while (camera.status().failures.CAPTURE_THREAD_HUNG !== 2) await turn();
      for (const name of ['video2', 'video3']) await rig.plug(name);
      t.is(rig.started(), 2);
      await rig.answer();
      t.is((await until(camera, isLive)).restarts, 2);
    },
  ),
);

test.serial('a camera that is gone stays so while its thread hangs', (t) =>
  usingUsb(
    t,
    (hang) => [hang, LIVE],
    async (camera, rig) => {
      camera.open();
      await until(camera, ({ error }) => error?.code === 'CAPTURE_DEVICE_GONE');
      await rig.givenUp();
      t.is(camera.status().error?.code, 'CAPTURE_DEVICE_GONE');
      await tries(5);
      t.is(rig.started(), 1);
      await rig.answer();
      await until(camera, isLive);
    },
    'CAPTURE_DEVICE_GONE',
  ),
);

test.serial('another source is started at once', (t) =>
  usingUsb(
    t,
    (hang) => [hang],
    async (camera, rig) => {
      camera.open();
      await until(camera, isHung);
      await camera.change({ source: SMALL });
      await until(camera, isLive);
      t.is(rig.started(), 2);
    },
  ),
);

test.serial('neither other options nor switching it off and on start one that hangs beside it', (t) =>
  usingUsb(
    t,
    (hang) => [hang, LIVE],
    async (camera, rig) => {
      camera.open();
      await until(camera, isHung);
      await camera.change({ source: { ...USB, fps: 10 } });
      t.true(isHung(camera.status()));
      await camera.switchOff();
      camera.switchOn();
      t.true(isHung(camera.status()));
      await t.throwsAsync(camera.controls(), { code: 'CAPTURE_THREAD_HUNG' });
      t.is(rig.started(), 1);
      await rig.answer();
      await until(camera, isLive);
    },
  ),
);

test.serial('one that is closed while a thread hangs is not opened again', (t) =>
  usingUsb(
    t,
    (hang) => [hang, LIVE],
    async (camera, rig) => {
      camera.open();
      await until(camera, isHung);
      await camera.close();
      await rig.answer();
      await tries(5);
      t.is(rig.started(), 1);
      t.like(camera.status(), { state: 'closed', error: undefined });
    },
  ),
);

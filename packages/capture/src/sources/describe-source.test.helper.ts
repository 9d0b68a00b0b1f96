import type { RawFrame } from '@framehub/frame';
import type { TestFn } from 'ava';
import { Camera } from '../camera.js';
import type { SourceOptions } from '../options.js';
import { watchFrames } from '../using-camera.test.helper.js';

/** A source to test, and how to take away what was put up for it. */
export interface Setting {
  readonly source: SourceOptions;
  dispose(): Promise<void>;
}

/** Collects `count` frames, then ends the demand. */
export function take(camera: Camera, count: number): Promise<RawFrame[]> {
  return new Promise((resolve) => {
    const frames: RawFrame[] = [];
    const stop = watchFrames(camera, (frame) => {
      frames.push(frame);
      if (frames.length < count) return;
      stop.close();
      resolve(frames);
    });
  });
}

/**
 * What every source must do, whatever it is: called for each of them.
 * @param set puts up a source of about ten frames a second or more
 * @param check looks at a frame's bytes; throws what is wrong with them
 */
export function describeSource(
  test: TestFn,
  name: string,
  set: () => Promise<Setting>,
  check: (frame: RawFrame, bytes: Uint8Array) => void,
): void {
  const using = async (use: (camera: Camera) => Promise<void>): Promise<void> => {
    const setting = await set();
    const camera = new Camera({ name: 'under-test', source: setting.source });
    try {
      camera.open();
      await use(camera);
    } finally {
      await camera.close();
      await setting.dispose();
    }
  };

  test.serial(`${name}: is live, and knows its format, before frames are wanted`, (t) =>
    using(async (camera) => {
      const { state, format, error } = await camera.settled();
      t.is(error, undefined);
      t.is(state, 'live');
      t.truthy(format);
    }),
  );

  test.serial(`${name}: delivers whole frames in order`, (t) =>
    using(async (camera) => {
      const stamps: number[] = [];
      const sequences: number[] = [];
      await new Promise<void>((resolve) => {
        const stop = watchFrames(camera, (frame) => {
          const lease = frame.lease();
          if (!lease) return;
          t.is(lease.bytes.length, frame.byteLength);
          check(frame, Uint8Array.from(lease.bytes));
          lease.release();
          sequences.push(frame.sequence);
          stamps.push(frame.capturedAt);
          if (sequences.length < 5) return;
          stop.close();
          resolve();
        });
      });
      t.deepEqual(
        sequences,
        [...new Set(sequences)].sort((a, b) => a - b),
        'sequences rise',
      );
      t.deepEqual(
        stamps,
        [...stamps].sort((a, b) => a - b),
        'times rise',
      );
      t.true(Math.abs(Date.now() - (stamps.at(-1) ?? 0)) < 5000, 'times are Unix times');
    }),
  );

  test.serial(`${name}: delivers new frames when there is demand again, and none in between`, (t) =>
    using(async (camera) => {
      const [before] = await take(camera, 1);
      const between = Date.now();
      const [after] = await take(camera, 1);
      t.true((after?.sequence ?? 0) > (before?.sequence ?? 0));
      t.true((after?.capturedAt ?? 0) >= between - 1, 'captured after it was asked for');
    }),
  );

  test.serial(`${name}: delivers to several sinks that share it, and to each until it leaves`, (t) =>
    using(async (camera) => {
      const [few, many] = await Promise.all([take(camera, 2), take(camera, 5)]);
      t.is(few.length, 2);
      t.is(many.length, 5);
    }),
  );

  test.serial(`${name}: closes, more than once, and stays closed`, (t) =>
    using(async (camera) => {
      await take(camera, 1);
      await Promise.all([camera.close(), camera.close()]);
      camera.open();
      t.is(camera.status().state, 'closed');
      await t.throwsAsync(camera.controls(), { code: 'CAPTURE_CLOSED' });
    }),
  );
}

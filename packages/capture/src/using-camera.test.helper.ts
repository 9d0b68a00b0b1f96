import { BackOff, type Logger, type RawFrame, type Subscription, silentLogger, subscription } from '@framehub/frame';
import { type Camera, SupervisedCamera } from './camera.js';
import { CaptureThread, type ThreadTimeouts } from './capture-thread.js';
import type { CameraOptions } from './options.js';
import type { CameraParts } from './supervisor.js';

export const SMALL = { type: 'pattern', width: 64, height: 48, fps: 50 } as const;
export const NOWHERE = { type: 'file', path: '/nonexistent/framehub' } as const;

/** A camera named garage for the time of a test; a small pattern unless told otherwise. */
export async function using(
  options: Partial<CameraOptions>,
  use: (camera: Camera) => Promise<void>,
  parts: CameraParts = {},
  logger: Logger = silentLogger,
): Promise<void> {
  const camera = new SupervisedCamera({ name: 'garage', source: SMALL, logger, ...options }, parts);
  try {
    await use(camera);
  } finally {
    await camera.close();
  }
}

/** Threads of the given programs, one after the other, and the real one after them, or for `undefined`. */
export function programs(codes: readonly (string | undefined)[], limits: ThreadTimeouts = {}): CameraParts {
  const left = [...codes];
  return {
    backOff: new BackOff({ minMs: 10, maxMs: 50 }),
    startThread: (data, events) => {
      const code = left.shift();
      if (code === undefined) return new CaptureThread(data, events);
      return new CaptureThread(data, events, limits, new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    },
  };
}

/** Sinks of a camera, which itself delivers to one. */
const sinks = new WeakMap<Camera, { readonly all: Set<(frame: RawFrame) => void>; readonly running: Subscription }>();

/** Delivers a camera's frames to any number of sinks, each until its subscription is closed. */
export function watchFrames(camera: Camera, sink: (frame: RawFrame) => void): Subscription {
  const own = (frame: RawFrame): void => sink(frame);
  const all = sinks.get(camera)?.all ?? new Set([own]);
  all.add(own);
  if (all.size === 1)
    sinks.set(camera, {
      all,
      running: camera.start((frame) => {
        for (const one of [...all]) one(frame);
      }),
    });
  return subscription(() => {
    all.delete(own);
    if (all.size > 0) return;
    sinks.get(camera)?.running.close();
    sinks.delete(camera);
  });
}

/** The next frame that is as wanted. */
export function nextFrame(camera: Camera, wanted: (frame: RawFrame) => boolean): Promise<RawFrame> {
  return new Promise((resolve) => {
    const stop = watchFrames(camera, (frame) => {
      if (!wanted(frame)) return;
      stop.close();
      resolve(frame);
    });
  });
}

export const isPlaceholder = (frame: RawFrame): boolean => frame.placeholder !== undefined;
export const isCameraFrame = (frame: RawFrame): boolean => frame.placeholder === undefined;

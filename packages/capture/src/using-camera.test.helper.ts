import { type Logger, type RawFrame, silentLogger } from '@framehub/frame';
import { BackOff } from './back-off.js';
import { Camera } from './camera.js';
import { CaptureThread, type ThreadLimits } from './capture-thread.js';
import type { CameraOptions } from './options.js';
import type { SupervisorParts } from './supervisor.js';

export const SMALL = { type: 'pattern', width: 64, height: 48, fps: 50 } as const;
export const NOWHERE = { type: 'file', path: '/nonexistent/framehub' } as const;

/** A camera named garage for the time of a test; a small pattern unless told otherwise. */
export async function using(
  options: Partial<CameraOptions>,
  use: (camera: Camera) => Promise<void>,
  parts: SupervisorParts = {},
  logger: Logger = silentLogger,
): Promise<void> {
  const camera = new Camera({ name: 'garage', source: SMALL, ...options }, logger, parts);
  try {
    await use(camera);
  } finally {
    await camera.close();
  }
}

/** Threads of the given programs, one after the other, and the real one after them, or for `undefined`. */
export function programs(codes: readonly (string | undefined)[], limits: ThreadLimits = {}): SupervisorParts {
  const left = [...codes];
  return {
    backOff: new BackOff(10, 50),
    startThread: (data, events) => {
      const code = left.shift();
      if (code === undefined) return new CaptureThread(data, events);
      return new CaptureThread(data, events, limits, new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    },
  };
}

/** The next frame that is as wanted. */
export function nextFrame(camera: Camera, wanted: (frame: RawFrame) => boolean): Promise<RawFrame> {
  return new Promise((resolve) => {
    const stop = camera.start((frame) => {
      if (!wanted(frame)) return;
      stop.close();
      resolve(frame);
    });
  });
}

export const isCard = (frame: RawFrame): boolean => frame.placeholder !== undefined;
export const isPicture = (frame: RawFrame): boolean => frame.placeholder === undefined;

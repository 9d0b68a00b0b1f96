import type { ExecutionContext } from 'ava';
import type { FakeCamera } from './fake-camera.js';

/** Publishes frames until the test ends. @param jpegs published in turn. Default: what the camera paints */
export function play(
  t: ExecutionContext,
  camera: FakeCamera,
  fps = 30,
  jpegs: readonly Uint8Array<ArrayBuffer>[] = [],
): void {
  const timer = setInterval(() => camera.publish({ data: jpegs[camera.sequence % jpegs.length] }), 1000 / fps);
  t.teardown(() => clearInterval(timer));
}

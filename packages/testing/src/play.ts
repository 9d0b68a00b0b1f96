import type { ExecutionContext } from 'ava';
import type { FakeCamera } from './fake-camera.js';

/** Publishes frames until the test ends. @param pictures JPEGs to publish in turn. Default: what the camera paints */
export function play(
  t: ExecutionContext,
  camera: FakeCamera,
  fps = 30,
  pictures: readonly Uint8Array<ArrayBuffer>[] = [],
): void {
  const timer = setInterval(() => camera.publish({ data: pictures[camera.sequence % pictures.length] }), 1000 / fps);
  t.teardown(() => clearInterval(timer));
}

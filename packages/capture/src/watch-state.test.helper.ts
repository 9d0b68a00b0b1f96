import type { Camera, CameraSnapshot } from './camera.js';

/** Calls the listener for each change of state. Returns a function that ends it. */
export function watchState(camera: Camera, listener: (snapshot: CameraSnapshot) => void): () => void {
  return camera.watch((event) => {
    if (event.type === 'state') listener(event.snapshot);
  });
}

/** Resolves with the first snapshot that is as wanted, now or at a change of state. */
export function until(camera: Camera, wanted: (snapshot: CameraSnapshot) => boolean): Promise<CameraSnapshot> {
  return new Promise((resolve) => {
    const off = watchState(camera, check);
    check(camera.status());
    function check(snapshot: CameraSnapshot): void {
      if (!wanted(snapshot)) return;
      off();
      resolve(snapshot);
    }
  });
}

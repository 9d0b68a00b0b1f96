import type { Subscription } from '@framehub/frame';
import type { Camera } from './camera.js';
import type { CameraSnapshot } from './status-tracker.js';

/** Calls the listener for each change of state. */
export function watchState(camera: Camera, listener: (snapshot: CameraSnapshot) => void): Subscription {
  return camera.subscribe((event) => {
    if (event.type === 'state') listener(event.snapshot);
  });
}

/** Resolves with the first snapshot that is as wanted, now or at a change of state. */
export function until(camera: Camera, wanted: (snapshot: CameraSnapshot) => boolean): Promise<CameraSnapshot> {
  return new Promise((resolve) => {
    const watching = watchState(camera, check);
    check(camera.status());
    function check(snapshot: CameraSnapshot): void {
      if (!wanted(snapshot)) return;
      watching.close();
      resolve(snapshot);
    }
  });
}

import type { CameraView, Hub } from '@framehub/frame';
import { pickCamera } from '../address.js';
import type { Viewer } from '../stream/viewer.js';
import type { CameraTraffic } from '../traffic.js';

/** What the control API may look at. */
export interface House {
  readonly hub: Hub;
  trafficOf(camera: string): CameraTraffic;
  viewersOf(camera: string): readonly Viewer[];
  /** Whether frames of a camera go to anybody: a source that nobody watches may rest. */
  delivers(camera: string): boolean;
}

/** A camera by name or number, the first when empty. Throws `HTTP_UNKNOWN_CAMERA`. */
export function cameraOf({ hub }: House, wanted = ''): { readonly view: CameraView; readonly index: number } {
  const cameras = hub.cameras();
  const name = pickCamera(
    wanted,
    cameras.map((camera) => camera.name),
  );
  const index = cameras.findIndex((camera) => camera.name === name);
  return { view: cameras[index] as CameraView, index };
}

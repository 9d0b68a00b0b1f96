import { type CameraView, type Hub, unknownCamera } from '@framehub/frame';
import { pickCamera } from './address.js';

export interface FoundCamera {
  readonly view: CameraView;
  /** Its number in addresses. */
  readonly index: number;
}

/** A camera as addresses name it: by name or number, the first when empty. Throws `CAMERA_UNKNOWN`. */
export function cameraOf(hub: Hub, wanted = ''): FoundCamera {
  return cameraNamed(hub, pickCamera(wanted, namesOf(hub)));
}

/** A camera by its very name. Throws `CAMERA_UNKNOWN`. */
export function cameraNamed(hub: Hub, name: string): FoundCamera {
  const cameras = hub.cameras();
  const index = cameras.findIndex((camera) => camera.name === name);
  const view = cameras[index];
  if (!view) throw unknownCamera(name, namesOf(hub));
  return { view, index };
}

/** In their order. */
export function namesOf(hub: Hub): readonly string[] {
  return hub.cameras().map((camera) => camera.name);
}

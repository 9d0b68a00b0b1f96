import { deviceError } from '@framehub/capture';
import type { Logger } from '@framehub/frame';
import { type Control, V4l2Camera } from 'node-v4l2-camera';
import type { Request } from '../arguments/to-config.js';
import type { CameraSettings } from '../config/camera-schema.js';
import type { Config } from '../config/schema.js';
import { automaticSource, detectCameras } from './detect.js';
import { type ExposureWish, exposureControls } from './exposure.js';
import { resolveSource } from './resolve.js';

/** A request's configuration with at least one camera, and with exposure as controls of each camera. */
export function withCameras({ config, unnamed }: Request, exposure: ExposureWish | undefined, logger: Logger): Config {
  const cameras = Object.entries(config.cameras);
  if (cameras.length === 0) {
    logger.debug({}, 'looking for cameras');
    cameras.push(['camera0', { ...unnamed, source: automaticSource(detectCameras(), logger) }]);
  }
  if (!exposure) return { ...config, cameras: Object.fromEntries(cameras) };
  const exposed = cameras.map(([name, camera]) => [name, withExposure(name, camera, exposure)] as const);
  return { ...config, cameras: Object.fromEntries(exposed) };
}

/** Needs the camera to be there, because only it knows what its controls are called. */
function withExposure(name: string, settings: CameraSettings, wish: ExposureWish): CameraSettings {
  const source = resolveSource(settings, true);
  if (source.type !== 'v4l2') return settings;
  const controls = exposureControls(wish, controlsOf(source.device), name);
  return { ...settings, controls: { ...settings.controls, ...controls } };
}

function controlsOf(device: string): Control[] {
  try {
    const camera = V4l2Camera.open(device);
    try {
      return camera.controls();
    } finally {
      camera.close();
    }
  } catch (error) {
    throw deviceError(error, device);
  }
}

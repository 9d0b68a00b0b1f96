import { findDevice, parseDeviceName } from '@framehub/capture';
import { codeOf } from '@framehub/frame';
import { detectCameras } from '@framehub/hub';
import { type CameraConfig, withoutSource } from '@framehub/hub/config';
import { type Control, V4l2Camera } from 'node-v4l2-camera';
import type { Request } from '../arguments/to-config.js';
import { type ExposureWish, exposureControls, exposureWithoutCamera } from './exposure.js';

/** A request with exposure as controls of each of its cameras. */
export function withExposure(request: Request, wish: ExposureWish | undefined): Request {
  if (!wish) return request;
  const { config, unnamed } = request;
  const cameras = Object.entries(config.cameras).map(([name, camera]) => [name, exposed(name, camera, wish)] as const);
  if (cameras.length > 0) return { ...request, config: { ...config, cameras: Object.fromEntries(cameras) } };
  const first = exposed('camera0', { ...unnamed, source: { type: 'v4l2', device: '0' } }, wish);
  return { ...request, unnamed: withoutSource(first) };
}

function exposed(name: string, camera: CameraConfig, wish: ExposureWish): CameraConfig {
  if (camera.source.type !== 'v4l2') return camera;
  const present = controlsOf(camera.source.device);
  const controls = present ? exposureControls(wish, present, name) : exposureWithoutCamera(wish);
  return { ...camera, controls: { ...camera.controls, ...controls } };
}

/** Only the camera knows what can be set. Undefined: it cannot be asked now, and will tell when it is opened. */
function controlsOf(device: string): Control[] | undefined {
  let camera: V4l2Camera | undefined;
  try {
    camera = V4l2Camera.open(pathOf(device));
    return camera.controls();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  } finally {
    camera?.close();
  }
}

function pathOf(device: string): string {
  const name = parseDeviceName(device);
  return name ? findDevice(name, detectCameras().devices) : device;
}

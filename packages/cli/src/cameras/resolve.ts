import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceOptions } from '@framehub/capture';
import { FramehubError } from '@framehub/frame';
import type { DeviceInfo } from 'node-v4l2-camera';
import type { CameraSettings } from '../config/camera-schema.js';
import { type Detected, describeDevices, detectCameras, lastingPath } from './detect.js';
import type { SourceSpec } from './source-spec.js';

/** usbStream's, and as much as a person needs to see a printer move. */
export const DEFAULT_FRAMERATE = 24;

type V4l2Spec = Extract<SourceSpec, { kind: 'index' | 'device' | 'by-id' | 'usb' }>;

/**
 * Finds out which device is meant, and says how it is to be opened.
 * @param required the camera has to be there now; otherwise one that is named by a path may come later
 * @throws `CLI_NO_SUCH_CAMERA`, listing those there are
 */
export function resolveSource(
  { source, size, format, framerate, controls }: CameraSettings,
  required: boolean,
  detect: () => Detected = detectCameras,
): SourceOptions {
  switch (source.kind) {
    case 'pattern': {
      const { kind, ...pattern } = source;
      return {
        type: kind,
        ...size,
        ...(format && { fourcc: format }),
        ...(framerate && { fps: framerate }),
        ...pattern,
      };
    }
    case 'file':
      return { type: 'file', path: source.path, ...(framerate && { fps: framerate }) };
    case 'http':
      return { type: 'http', url: source.url, ...(framerate && { fps: framerate }) };
    default:
      return {
        type: 'v4l2',
        device: deviceOf(source, required, detect),
        fps: framerate ?? DEFAULT_FRAMERATE,
        ...(format && { fourcc: format }),
        ...(size && { size }),
        ...(Object.keys(controls).length > 0 && { controls }),
      };
  }
}

/** The rate to which a camera's frames are thinned; a file and another server have a rate of their own. */
export function frameLimit({ source, framerate }: CameraSettings): number | undefined {
  if (framerate !== undefined || source.kind === 'file' || source.kind === 'http') return framerate;
  return (source.kind === 'pattern' ? source.fps : undefined) ?? DEFAULT_FRAMERATE;
}

function deviceOf(source: V4l2Spec, required: boolean, detect: () => Detected): string {
  // Elsewhere than on Linux there is nothing to look for, and the capture package says so.
  if (process.platform !== 'linux') return 'path' in source ? source.path : describeSpec(source);
  if (source.kind === 'device' || source.kind === 'by-id') {
    const path = source.kind === 'device' ? source.path : join('/dev/v4l/by-id', source.id);
    if (required && !existsSync(path)) throw noSuchCamera(path, detect());
    return path;
  }
  const detected = detect();
  const [device, another] = detected.devices.filter((candidate, index) => matches(source, candidate, index));
  if (!device) throw noSuchCamera(describeSpec(source), detected);
  if (another)
    throw new FramehubError(
      'CLI_SEVERAL_CAMERAS',
      `${describeSpec(source)} is the name of several cameras: add the serial number, or name it by its path`,
      { choices: describeDevices(detected.devices) },
    );
  return lastingPath(device);
}

function matches(source: V4l2Spec, { usb }: DeviceInfo, index: number): boolean {
  if (source.kind === 'index') return index === source.index;
  if (source.kind !== 'usb' || usb?.vendorId !== source.vendorId || usb.productId !== source.productId) return false;
  return source.serial === undefined || usb.serial === source.serial;
}

function describeSpec(source: V4l2Spec): string {
  if (source.kind === 'index') return `number ${source.index}`;
  if (source.kind === 'usb') return ['usb', source.vendorId, source.productId, source.serial].filter(Boolean).join(':');
  return source.kind === 'device' ? source.path : source.id;
}

function noSuchCamera(wanted: string, { devices, problems }: Detected): FramehubError {
  const choices = describeDevices(devices);
  const there =
    devices.length === 0 ? 'none is connected' : `${devices.length === 1 ? 'this one is' : 'these are'} connected:`;
  const message = `there is no camera ${wanted}: ${problems[0] ?? there}`;
  return new FramehubError('CLI_NO_SUCH_CAMERA', message, { wanted, choices });
}

import { isDeepStrictEqual } from 'node:util';
import type { CameraOptions, SourceOptions } from '@framehub/capture';
import type { ControlValues, Rendition } from '@framehub/frame';
import type { CameraConfig } from './config/camera-schema.js';

/** usbStream's default. */
export const DEFAULT_FPS = 24;

/** The options that open a camera with this configuration. */
export function cameraOptions(config: CameraConfig): Omit<CameraOptions, 'name'> {
  const { idle, warmup } = config;
  const fps = frameLimit(config);
  return { source: sourceOptions(config), idle, ...(warmup && { warmup }), ...(fps !== undefined && { fps }) };
}

/** The camera's values with those of the profile in use on top. Files and other servers have none. */
export function controlsOf({ source, controls, profiles, profile }: CameraConfig): ControlValues {
  if (source.type === 'file' || source.type === 'http') return {};
  return profile === undefined ? controls : { ...controls, ...profiles[profile] };
}

/** Whether a camera may stay open when its configuration changes so. Controls are set on one that is open. */
export function isOpenedAlike(before: CameraConfig, after: CameraConfig): boolean {
  const [a, b] = [before, after].map((config) => cameraOptions({ ...config, controls: {}, profile: undefined }));
  return isDeepStrictEqual(a, b);
}

export function isSameDevice({ source: a }: CameraConfig, { source: b }: CameraConfig): boolean {
  return a.type === b.type && (a.type !== 'v4l2' || b.type !== 'v4l2' || a.device === b.device);
}

/** What is done to every picture of the camera. */
export function renditionOf({ rotate, flip, width, quality }: CameraConfig): Rendition {
  return { rotate, flip, ...(width && { width }), ...(quality && { quality }) };
}

function sourceOptions(config: CameraConfig): SourceOptions {
  const { source, size, format, fps, onNoBandwidth } = config;
  switch (source.type) {
    case 'pattern': {
      const requested = { ...size, ...(format && { fourcc: format }), ...(fps && { fps }) };
      return { ...source, ...requested, controls: controlsOf(config) };
    }
    case 'file':
    case 'http':
      return { ...source, ...(fps && { fps }) };
    case 'v4l2':
      return {
        ...source,
        fps: fps ?? DEFAULT_FPS,
        onNoBandwidth,
        controls: controlsOf(config),
        ...(format && { fourcc: format }),
        ...(size && { size }),
      };
  }
}

/** The rate to which a camera's frames are thinned; a file and another server have a rate of their own. */
function frameLimit({ source, fps }: CameraConfig): number | undefined {
  if (fps !== undefined || source.type === 'file' || source.type === 'http') return fps;
  return (source.type === 'pattern' ? source.fps : undefined) ?? DEFAULT_FPS;
}

import { isDeepStrictEqual } from 'node:util';
import type { CameraOptions, SourceOptions } from '@framehub/capture';
import {
  type CameraSettings,
  type ControlValues,
  FramehubError,
  type Logger,
  mustBe,
  type Rendition,
  type SettingsChange,
} from '@framehub/frame';
import { readSettings } from '@framehub/settings';
import { type CameraConfig, profilesAllowed } from './config/camera-schema.js';
import { type Environment, readPasswordFile } from './config/files.js';
import type { Config } from './config/schema.js';

/** usbStream's default. */
export const DEFAULT_FPS = 24;

/** The options that open a camera with this configuration. */
export function cameraOptions(config: CameraConfig): Omit<CameraOptions, 'name'> {
  const { idle, warmup } = config;
  const fps = frameLimit(config);
  return {
    source: sourceOptions(config),
    idle: idle === 'never' ? idle : idle / 1000,
    ...(warmup && { warmup }),
    ...(fps !== undefined && { fps }),
  };
}

/** The camera's control values with those of the profile in use on top. Files and network cameras have none. */
export function controlsOf({ source, controls, profiles, profile }: CameraConfig): ControlValues {
  if (source.type === 'file' || source.type === 'http') return {};
  return profile === undefined ? controls : { ...controls, ...profiles[profile] };
}

/** Whether a camera may stay open for this change of its configuration. Controls are set while it is open. */
export function isOpenedAlike(before: CameraConfig, after: CameraConfig): boolean {
  const [a, b] = [before, after].map((config) => cameraOptions({ ...config, controls: {}, profile: undefined }));
  return isDeepStrictEqual(a, b);
}

export function isSameDevice({ source: a }: CameraConfig, { source: b }: CameraConfig): boolean {
  return a.type === b.type && (a.type !== 'v4l2' || b.type !== 'v4l2' || a.device === b.device);
}

/** What is done to every frame of the camera. */
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

/** The rate to which a camera's frames are thinned. Files and network cameras have a rate of their own. */
function frameLimit({ source, fps }: CameraConfig): number | undefined {
  if (fps !== undefined || source.type === 'file' || source.type === 'http') return fps;
  return (source.type === 'pattern' ? source.fps : undefined) ?? DEFAULT_FPS;
}

/** A camera's configuration as gateways see it. */
export function settingsOf(config: CameraConfig): CameraSettings {
  const { enabled, size, format, fps, profile, profiles } = config;
  return { enabled, size, format, fps, rendition: renditionOf(config), profile, profiles: Object.keys(profiles) };
}

/**
 * A configuration with these settings instead of its own; `null` stands for the default.
 *
 * @throws FramehubError `CAMERA_SETTING_INVALID`
 */
export function changedConfig(config: CameraConfig, changes: SettingsChange): CameraConfig {
  const changed = Object.entries(readSettings(changes)).map(([key, value]) => [key, value ?? undefined]);
  const next: CameraConfig = { ...config, ...Object.fromEntries(changed) };
  if (next.profile === undefined || Object.hasOwn(next.profiles, next.profile)) return next;
  const allowed = profilesAllowed(next.profiles);
  const message = mustBe('profile', allowed, next.profile);
  throw new FramehubError('CAMERA_SETTING_INVALID', message, { key: 'profile', allowed });
}

/**
 * Cameras with the user name and password of each, from files and environment. What is not given stays in the address.
 *
 * @throws FramehubError `CONFIG_FILE_UNREADABLE`
 */
export function withCredentials(
  cameras: Config['cameras'],
  logger: Logger,
  environment: Environment = process.env,
): Config['cameras'] {
  const entries = Object.entries(cameras).map(([name, camera]) => [
    name,
    withOwnCredentials(name, camera, logger, environment),
  ]);
  return Object.fromEntries(entries);
}

function withOwnCredentials(
  name: string,
  camera: CameraConfig,
  logger: Logger,
  environment: Environment,
): CameraConfig {
  const { source, username: user, passwordFile: file } = camera;
  if (source.type !== 'http') return camera;
  const address = new URL(source.url);
  const username = user ?? (address.username === '' ? environment.FRAMEHUB_CAMERA_USERNAME || undefined : undefined);
  // The password for all cameras is not sent to a camera without a user name.
  const needsPassword = address.password === '' && (username ?? address.username) !== '';
  const password =
    file === undefined
      ? environment[passwordVariable(name)] || (needsPassword && environment.FRAMEHUB_CAMERA_PASSWORD)
      : readPasswordFile(file, `cameras.${name}.passwordFile`, logger);
  return { ...camera, source: { ...source, ...(username && { username }), ...(password && { password }) } };
}

/** Of one camera: FRAMEHUB_CAMERA_PASSWORD_FRONT_DOOR for `front-door`. */
function passwordVariable(camera: string): string {
  return `FRAMEHUB_CAMERA_PASSWORD_${camera.toUpperCase().replaceAll('-', '_')}`;
}

import { type CameraSettings, FramehubError, mustBe, type SettingsChange } from '@framehub/frame';
import { readSettings } from '@framehub/settings';
import { renditionOf } from './camera-options.js';
import { type CameraConfig, profilesAllowed } from './config/camera-schema.js';

/** A camera's configuration as gateways see it. */
export function settingsOf(config: CameraConfig): CameraSettings {
  return {
    enabled: config.enabled,
    size: config.size,
    format: config.format,
    fps: config.fps,
    rendition: renditionOf(config),
    profile: config.profile,
    profiles: Object.keys(config.profiles),
  };
}

/**
 * A configuration with these settings instead of its own; `null` stands for the default.
 *
 * @throws `CAMERA_SETTING_INVALID`
 */
export function changedConfig(config: CameraConfig, changes: SettingsChange): CameraConfig {
  const changed = Object.entries(readSettings(changes)).map(([key, value]) => [key, value ?? undefined]);
  const next: CameraConfig = { ...config, ...Object.fromEntries(changed) };
  if (next.profile === undefined || Object.hasOwn(next.profiles, next.profile)) return next;
  const allowed = profilesAllowed(next.profiles);
  throw new FramehubError('CAMERA_SETTING_INVALID', mustBe('profile', allowed, next.profile), {
    key: 'profile',
    allowed,
  });
}

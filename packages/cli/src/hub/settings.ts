import { type CameraSettings, FramehubError, type SettingsChange } from '@framehub/frame';
import { renditionOf } from '../cameras/camera-options.js';
import { type CameraConfig, cameraFields, profilesAllowed } from '../config/camera-schema.js';
import { shownValue } from '../config/shown-value.js';
import { didYouMean } from '../suggest.js';

const { enabled, size, format, fps, rotate, flip, width, quality, profile } = cameraFields;
/** What can be changed while a camera runs, by the rules of the configuration. */
const FIELDS = { enabled, size, format, fps, rotate, flip, width, quality, profile } as const;
const KEYS = Object.keys(FIELDS);

/** What gateways see of a camera's configuration. */
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
 * Throws `CAMERA_SETTING_INVALID`.
 */
export function changedConfig(config: CameraConfig, changes: SettingsChange): CameraConfig {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const changed = given.map(([key, value]) => [key, readSetting(key, value)] as const);
  const next: CameraConfig = { ...config, ...Object.fromEntries(changed) };
  if (next.profile !== undefined && !Object.hasOwn(next.profiles, next.profile))
    throw invalid('profile', next.profile, profilesAllowed(next.profiles));
  return next;
}

function readSetting(key: string, value: unknown): unknown {
  if (!isKey(key)) {
    const hint = didYouMean(key, KEYS) || `: allowed is ${KEYS.join(', ')}`;
    throw new FramehubError('CAMERA_SETTING_INVALID', `there is no setting ${shownValue(key)}${hint}`, { key });
  }
  const result = FIELDS[key].safeParse(asConfigured(value));
  if (result.success) return result.data;
  throw invalid(key, value, result.error.issues[0]?.message ?? 'another value');
}

const isKey = (key: string): key is keyof typeof FIELDS => Object.hasOwn(FIELDS, key);

/** As the configuration file would have it. */
function asConfigured(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value === 'object' && 'width' in value && 'height' in value) return `${value.width}x${value.height}`;
  return value;
}

function invalid(key: string, value: unknown, allowed: string): FramehubError {
  const message = `${key} ${shownValue(value)} is not possible: allowed is ${allowed}`;
  return new FramehubError('CAMERA_SETTING_INVALID', message, { key, value, allowed });
}

import type { CameraSettings } from '../hub.js';
import type { Flip, Rotation } from '../rendition.js';

/** Settings as JSON tells them and the configuration has them: flat. Null: as the camera likes. */
export interface SettingsReport {
  readonly enabled: boolean;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly format: string | null;
  readonly fps: number | null;
  readonly rotate: Rotation;
  readonly flip: Flip;
  readonly width: number | null;
  readonly quality: number | null;
  readonly profile: string | null;
  readonly profiles: string[];
}

export function reportSettings({ rendition, ...camera }: CameraSettings): SettingsReport {
  return {
    enabled: camera.enabled,
    size: camera.size ? { width: camera.size.width, height: camera.size.height } : null,
    format: camera.format ?? null,
    fps: camera.fps ?? null,
    rotate: rendition.rotate ?? 0,
    flip: rendition.flip ?? 'none',
    width: rendition.width ?? null,
    quality: rendition.quality ?? null,
    profile: camera.profile ?? null,
    profiles: [...camera.profiles],
  };
}

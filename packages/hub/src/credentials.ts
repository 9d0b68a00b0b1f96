import type { Logger } from '@framehub/frame';
import type { CameraConfig } from './config/camera-schema.js';
import { readPasswordFile } from './config/files.js';
import type { Config } from './config/schema.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Cameras with the user and password that each is to be asked with, files and environment read. What is not given is left
 * to the address.
 * @throws `CONFIG_FILE_UNREADABLE`
 */
export function withCredentials(
  cameras: Config['cameras'],
  logger: Logger,
  environment: Environment = process.env,
): Config['cameras'] {
  const entries = Object.entries(cameras).map(([name, camera]) => [name, known(name, camera, logger, environment)]);
  return Object.fromEntries(entries);
}

function known(name: string, camera: CameraConfig, logger: Logger, environment: Environment): CameraConfig {
  const { source, username: user, passwordFile: file } = camera;
  if (source.type !== 'http') return camera;
  const address = new URL(source.url);
  const username = user ?? (address.username === '' ? environment.FRAMEHUB_CAMERA_USERNAME || undefined : undefined);
  // That for all is not sent to cameras that ask for nobody.
  const isAsked = address.password === '' && (username ?? address.username) !== '';
  const password =
    file === undefined
      ? environment[passwordVariable(name)] || (isAsked && environment.FRAMEHUB_CAMERA_PASSWORD)
      : readPasswordFile(file, `cameras.${name}.passwordFile`, logger);
  return { ...camera, source: { ...source, ...(username && { username }), ...(password && { password }) } };
}

/** Of one camera: that of `front-door` is FRAMEHUB_CAMERA_PASSWORD_FRONT_DOOR. */
function passwordVariable(camera: string): string {
  return `FRAMEHUB_CAMERA_PASSWORD_${camera.toUpperCase().replaceAll('-', '_')}`;
}

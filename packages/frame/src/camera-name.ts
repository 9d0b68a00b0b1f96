import { FramehubError } from './errors.js';
import { shownValue } from './rules.js';

/**
 * Whether a name is one that every object has: `constructor`, `toString`, `__proto__` … A value stored under such a key
 * would be lost or mistaken for another one somewhere between here and a browser.
 */
export function isReservedName(name: string): boolean {
  return name in Object.prototype;
}

/**
 * The one error for a camera that does not exist: `CAMERA_UNKNOWN`. Its `details.cameras` are the names there are.
 *
 * @param name what the client asked for
 * @param cameras names of the cameras that exist
 */
export function unknownCamera(name: string, cameras: readonly string[]): FramehubError {
  const known = cameras.length > 0 ? `the cameras are ${cameras.join(', ')}` : 'there are no cameras yet';
  return new FramehubError('CAMERA_UNKNOWN', `there is no camera ${shownValue(name)}: ${known}`, { cameras });
}

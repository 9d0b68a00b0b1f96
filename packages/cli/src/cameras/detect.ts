import { FramehubError, type Logger } from '@framehub/frame';
import { type DeviceInfo, listDevices, type V4l2Error } from 'node-v4l2-camera';
import type { SourceSpec } from './source-spec.js';

/** The cameras that are connected, in the order in which they are numbered, and why others could not be asked. */
export interface Detected {
  readonly devices: readonly DeviceInfo[];
  readonly problems: readonly string[];
}

/** Looks for cameras. Finds none where there is no Video4Linux, on macOS and Windows. */
export function detectCameras(): Detected {
  if (process.platform !== 'linux') return { devices: [], problems: [] };
  const problems: string[] = [];
  const devices = listDevices((error: V4l2Error) => problems.push(error.message));
  return { devices, problems };
}

/**
 * The source when no camera was asked for: the only one there is, or a test pattern.
 * @throws `CLI_SEVERAL_CAMERAS`, listing them: which one is meant only a person knows
 */
export function automaticSource({ devices, problems }: Detected, logger: Logger): SourceSpec {
  for (const problem of problems) logger.warn({}, problem);
  if (devices.length > 1)
    throw new FramehubError(
      'CLI_SEVERAL_CAMERAS',
      `${devices.length} cameras are connected: choose with --camera, which may be given several times`,
      { choices: describeDevices(devices) },
    );
  if (devices.length === 1) return { kind: 'index', index: 0 };
  logger.warn({}, 'no camera found: showing a test pattern instead');
  return { kind: 'pattern' };
}

/** A line for each camera, beginning with what to type for it. */
export function describeDevices(devices: readonly DeviceInfo[]): string[] {
  return devices.map(({ card, path }, index) => `  --camera ${index}   ${card}, ${path}`);
}

/** How to name a device so that it is found again after it was replugged. */
export function lastingPath({ path, byId, byPath }: DeviceInfo): string {
  return byId[0] ?? byPath[0] ?? path;
}

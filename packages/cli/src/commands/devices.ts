import { deviceError } from '@framehub/capture';
import { recordOf } from '@framehub/frame';
import { detectCameras } from '@framehub/hub';
import { type Control, type FormatDescription, V4l2Camera } from 'node-v4l2-camera';
import { lastingName, twinsOf } from '../cameras/lasting-name.js';
import { type DeviceReport, describeDevice, deviceJson } from './device-report.js';

/** Prints the cameras that are connected, with all that can be set of them. */
export function devices({ json = false }: { readonly json?: boolean }): void {
  const { devices, problems } = detectCameras();
  const warn = (problem: string) => process.stderr.write(`framehub: ${problem}\n`);
  for (const problem of problems) warn(problem);
  const reports = devices.flatMap((device, index): DeviceReport[] => {
    try {
      const twins = twinsOf(device, devices).map((twin) => devices.indexOf(twin));
      return [{ index, source: lastingName(device, devices), twins, ...device, ...abilitiesOf(device.path) }];
    } catch (error) {
      // Pulled out just now: the others are listed all the same.
      warn(recordOf(deviceError(error, device.path)).message);
      return [];
    }
  });
  const lines = json ? [deviceJson(reports)] : reports.flatMap(describeDevice);
  process.stdout.write(`${(lines.length > 0 ? lines : [nothingFound()]).join('\n')}\n`);
}

function abilitiesOf(path: string): { formats: readonly FormatDescription[]; controls: readonly Control[] } {
  const camera = V4l2Camera.open(path);
  try {
    return { formats: camera.formats(), controls: camera.controls() };
  } finally {
    camera.close();
  }
}

function nothingFound(): string {
  if (process.platform !== 'linux') return `USB cameras are read on Linux only, and this is ${process.platform}`;
  return 'no camera found: is it plugged in, and does ls /dev/video* show it?';
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The programs that are compared: `name`, `version`, and `command(camera, port)`, the command line that serves the bench
 * camera on 127.0.0.1 at the camera's own format, size and rate and JPEG quality 80; `paths` are where pictures are had.
 */

export const device = '/dev/video77';

const checkout = new URL('../../', import.meta.url);
const main = fileURLToPath(new URL('packages/cli/dist/main.js', checkout));

function framehub() {
  if (!existsSync(main)) throw new Error('framehub is not built: npm run build');
  const { version } = JSON.parse(readFileSync(new URL('package.json', checkout), 'utf8'));
  return {
    name: 'framehub',
    version,
    paths: { mjpeg: '/stream', websocket: 'ws:/ws/camera0' },
    command: ({ format, width, height, fps }, port) => [
      ...[process.execPath, main, '-camera', device, '-host', '127.0.0.1', '-port', port],
      ...['-format', format, '-size', `${width}x${height}`, '-fps', fps, '--quality', 80],
    ],
  };
}

function ustreamer(path) {
  const { error, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  if (error) return undefined;
  return {
    name: 'ustreamer',
    version: stdout.trim(),
    paths: { mjpeg: '/stream' },
    command: ({ format, width, height, fps }, port) => [
      ...[path, '--device', device, '--host', '127.0.0.1', '--port', port, '--workers', 2],
      ...['--format', format === 'MJPG' ? 'MJPEG' : format, '--resolution', `${width}x${height}`],
      ...['--desired-fps', fps, '--quality', 80],
    ],
  };
}

/** framehub, and ustreamer where it is installed. */
export function findPrograms({ ustreamer: path }) {
  return [framehub(), ustreamer(path)].filter(Boolean);
}

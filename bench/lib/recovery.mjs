import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { device } from './programs.mjs';
import { frames, rig } from './rig.mjs';
import { startServer } from './server.mjs';
import { median } from './stats.mjs';
import { watch } from './viewer.mjs';

/** Far beyond what anybody would wait for. */
const LIMIT_MS = 60_000;

/**
 * Pulls the camera out under a viewer and plugs it in again, `rounds` times; returns milliseconds: until the viewer sees
 * something else than the camera's pictures, and until it sees them again.
 */
export async function measureRecovery(program, { camera, rounds }) {
  const isPicture = pictureTest(camera);
  plug();
  const server = await startServer(program, camera);
  try {
    const viewer = await watch(server.port, program.paths.mjpeg);
    await viewer.next(isPicture, LIMIT_MS);
    const told = [];
    const back = [];
    for (let round = 0; round < rounds; round++) {
      const pulled = performance.now();
      unplug();
      told.push((await viewer.next((jpeg) => !isPicture(jpeg), LIMIT_MS)) - pulled);
      const plugged = performance.now();
      plug();
      back.push((await viewer.next(isPicture, LIMIT_MS)) - plugged);
    }
    viewer.close();
    return {
      told_ms: median(told),
      told_max_ms: Math.max(...told),
      back_ms: median(back),
      back_max_ms: Math.max(...back),
    };
  } finally {
    await server.stop();
    rmSync(rig.unplugged, { force: true });
    rmSync(device, { force: true });
  }
}

/** The device is to be seen in /dev: that is where programs notice it. */
function plug() {
  rmSync(rig.unplugged, { force: true });
  execFileSync('mknod', ['-m', '666', device, 'c', '81', '77']);
}

function unplug() {
  writeFileSync(rig.unplugged, '');
  rmSync(device);
}

/** Whether a JPEG is one of the camera's, byte for byte. */
function pictureTest(camera) {
  const hashOf = (bytes) => createHash('sha1').update(bytes).digest('base64');
  const folder = frames(camera);
  const known = new Set(readdirSync(folder).map((name) => hashOf(readFileSync(join(folder, name)))));
  return (jpeg) => known.has(hashOf(jpeg));
}

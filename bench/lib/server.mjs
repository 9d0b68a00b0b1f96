import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { device } from './programs.mjs';
import { frames, rig } from './rig.mjs';

const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5_000;

const running = new Set();

/** Starts `program` with the bench camera and waits until it accepts connections; returns `{ pid, port, stop }`. */
export async function startServer(program, camera) {
  const port = await freePort();
  const [command, ...args] = program.command(camera, port).map(String);
  const logFile = join(rig.directory, `${program.name}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(command, args, { env: environment(camera), stdio: ['ignore', log, log] });
  closeSync(log);
  running.add(child);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  const stop = () => stopServer(child, exited, program.name);
  try {
    await Promise.race([accepting(port), exited.then(() => Promise.reject(new Error('it ended')))]);
  } catch (error) {
    await stop();
    const output = readFileSync(logFile, 'utf8');
    throw new Error(`${program.name} did not start: ${error.message}\n${output}`, { cause: error });
  }
  return { pid: child.pid, port, stop };
}

/** Ends every server that still runs, at once: for when the bench itself is interrupted. */
export function killServers() {
  for (const child of running) child.kill('SIGKILL');
}

const environment = (camera) => ({
  ...process.env,
  LD_PRELOAD: rig.camera,
  FAKEV4L2_DEV: device,
  FAKEV4L2_FRAMES: frames(camera),
  FAKEV4L2_FOURCC: camera.format,
  FAKEV4L2_W: String(camera.width),
  FAKEV4L2_H: String(camera.height),
  FAKEV4L2_FPS: String(camera.fps),
  FAKEV4L2_CLOCK: rig.clock,
  FAKEV4L2_UNPLUGGED: rig.unplugged,
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function accepting(port) {
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await delay(50)) {
    const socket = connect(port, '127.0.0.1');
    const accepted = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (accepted) return;
  }
  throw new Error(`nothing listens on port ${port} after ${START_LIMIT_MS / 1000} s`);
}

async function stopServer(child, exited, name) {
  child.kill('SIGTERM');
  const late = setTimeout(() => {
    console.error(`  ${name} did not stop within ${STOP_LIMIT_MS / 1000} s: killed`);
    child.kill('SIGKILL');
  }, STOP_LIMIT_MS);
  await exited;
  clearTimeout(late);
}

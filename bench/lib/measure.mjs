import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { measureRecovery } from './recovery.mjs';
import { rig } from './rig.mjs';
import { startServer } from './server.mjs';

/** Runs `program` once under a case's load; returns mjpegload's figures and those made of them, or those of recovery.mjs. */
export async function measure(program, one, seconds) {
  if (one.rounds) return measureRecovery(program, one);
  const { camera, viewers, slowRate, over = 'mjpeg' } = one;
  rmSync(rig.clock, { force: true });
  const server = await startServer(program, camera);
  try {
    const path = program.paths[over] ?? program.paths.mjpeg;
    const run = await load(server, { path, viewers, slowRate, seconds });
    // Without ages the gauge shows 0, which would pass for excellent.
    if (viewers > 0 && run.ages === 0) throw new Error(`${program.name} delivered no frame whose age can be read`);
    return derive(run);
  } finally {
    await server.stop();
  }
}

async function load({ pid, port }, { path, viewers, slowRate, seconds }) {
  const args = ['127.0.0.1', port, path, viewers, seconds, pid, rig.clock].map(String);
  const env = slowRate ? { ...process.env, RATE: String(slowRate) } : process.env;
  const child = spawn(rig.load, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (status !== 0) throw new Error(`mjpegload ${args.join(' ')} ended with ${status}`);
  return JSON.parse(output);
}

const derive = (run) => ({
  ...run,
  cpu_ms_per_frame: run.cpu_us_per_frame / 1000,
  kb_per_frame: run.fps_per_client ? (run.mb_per_s * 1000) / (run.fps_per_client * run.clients) : 0,
});

/** What makes a run's figures doubtful, one line each: a bench that measures refusals would look fast. */
export function doubts(run, { camera, viewers, slowRate }) {
  if (!viewers) return [];
  const found = [];
  if (run.refused || run.closed) found.push(`${run.refused} viewers refused, ${run.closed} closed`);
  if (run.undecoded) found.push(`${run.undecoded} frames without a readable index`);
  if (run.size !== `${camera.width}x${camera.height}`) found.push(`frames are ${run.size}`);
  if (!slowRate && run.fps_min < camera.fps * 0.95)
    found.push(`a viewer got ${run.fps_min.toFixed(1)} of ${camera.fps} fps`);
  return found;
}

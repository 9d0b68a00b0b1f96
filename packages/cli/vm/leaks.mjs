// What a process holds, counted from outside, and its rings from inside.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** For `node`: the process answers SIGUSR2 with a line that counts the shared memory it holds, after a collection. */
export const COUNTING = ['--expose-gc', '--import', fileURLToPath(new URL('./count-rings.mjs', import.meta.url))];

/** `{ files, threads, mappings, rings }`: file descriptors, threads, mapped buffers of cameras, rings of frames. */
export async function holdings(hub) {
  const said = hub.log().length;
  process.kill(hub.pid, 'SIGUSR2');
  const line = await hub.said(/shared buffers: (\d+)/, said);
  return {
    files: readdirSync(`/proc/${hub.pid}/fd`).length,
    threads: readdirSync(`/proc/${hub.pid}/task`).length,
    mappings: readFileSync(`/proc/${hub.pid}/maps`, 'utf8')
      .split('\n')
      .filter((map) => map.includes('/dev/video')).length,
    rings: Number(line[1]),
  };
}

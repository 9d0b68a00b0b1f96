import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import anyTest, { type ExecutionContext } from 'ava';
import { jpegOf } from './sources/test-jpegs.test.helper.js';

const canStop = process.platform === 'linux';
if (!canStop) console.warn('SKIPPED: not Linux, so no process was stopped');
const test = canStop ? anyTest.serial : anyTest.serial.skip;

/** Fifty images a second, as many of them as are taken. */
async function serveStream(t: ExecutionContext): Promise<string> {
  const image = jpegOf(1, 64, 48);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=b' });
    const timer = setInterval(() => {
      if (response.writableLength > 0) return;
      response.write(`--b\r\nContent-Length: ${image.length}\r\n\r\n`);
      response.write(image);
    }, 20);
    response.on('close', () => clearInterval(timer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The real thing: every thread of the process stands still. */
async function stop(child: ChildProcess, milliseconds: number): Promise<void> {
  child.kill('SIGSTOP');
  while (!/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1'))) await pass(1);
  await pass(milliseconds);
  child.kill('SIGCONT');
}

for (const [stops, often] of [
  ['once, for longer than any time-out', async (child: ChildProcess) => stop(child, 4000)],
  [
    'again and again',
    async (child: ChildProcess) => {
      for (let i = 0; i < 6; i++) {
        await stop(child, 800);
        await pass(200);
      }
    },
  ],
] as const) {
  test(`no camera has hung or stalled when the whole machine stood still ${stops}`, async (t) => {
    const program = fileURLToPath(new URL('./stopped-machine.test.helper.js', import.meta.url));
    const child = spawn(process.execPath, [program, await serveStream(t)], { stdio: ['pipe', 'pipe', 'inherit'] });
    t.teardown(() => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    t.is((await lines.next()).value, 'live');
    await often(child);
    child.stdin.write('\n');
    t.deepEqual(JSON.parse((await lines.next()).value), [{ restarts: 0 }, { restarts: 0 }]);
  });
}

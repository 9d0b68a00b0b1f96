import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import test from 'ava';

const require = createRequire(import.meta.url);

function hasKoffi(): boolean {
  try {
    require('koffi');
    return process.platform !== 'win32';
  } catch {
    return false;
  }
}

if (!hasKoffi()) console.log('SKIPPED: koffi is not there, so no thread can be in native code');

/** Milliseconds that the thread is in native code: far longer than any end of a process. */
const NATIVE_MS = 60_000;

(hasKoffi() ? test : test.skip)('a process ends at once while a thread is in native code, with its code', async (t) => {
  const module = JSON.stringify(new URL('./end-process.js', import.meta.url).href);
  const koffi = JSON.stringify(require.resolve('koffi'));
  const thread = `
    const { parentPort } = require('node:worker_threads');
    const poll = require(${koffi}).load(null).func('int poll(void *files, unsigned long count, int milliseconds)');
    parentPort.postMessage('in native code from here on');
    poll(null, 0, ${NATIVE_MS});`;
  const program = `
    import { Worker } from 'node:worker_threads';
    import { endProcess } from ${module};
    process.on('exit', (code) => process.stdout.write('exit ' + code));
    const worker = new Worker(${JSON.stringify(thread)}, { eval: true, execArgv: [] });
    worker.once('message', () => setTimeout(() => endProcess(3), 100));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const start = performance.now();
  const [code, signal] = await once(child, 'close');
  t.deepEqual([code, signal], [3, null]);
  t.is(output, 'exit 3');
  t.true(performance.now() - start < NATIVE_MS / 2);
});

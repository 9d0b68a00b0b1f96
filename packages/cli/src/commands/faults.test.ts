import test from 'ava';
import { start } from './command.test.helper.js';

/** Code of a stranger within the process, which throws in a listener or timer when it is asked to. */
function throwing(code: string): Readonly<Record<string, string>> {
  const source = `process.on('SIGUSR2', () => { ${code} });`;
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(source)}` };
}

const FAULTS: readonly (readonly [where: string, code: string])[] = [
  ['a timer', "setTimeout(() => { throw new RangeError('a fault of the test') }, 1)"],
  ['a listener', "throw new TypeError('a fault of the test')"],
  ['a promise', "Promise.reject(new Error('a fault of the test'))"],
  ['a promise, being no error', "Promise.reject('a fault of the test')"],
];

for (const [where, code] of FAULTS)
  test.serial(`what is thrown in ${where} is logged, and framehub goes on`, async (t) => {
    const { child, url, ended, record } = await start(t, ['--camera', 'pattern:64x48@15'], throwing(code));
    child.kill('SIGUSR2');
    const { level, msg } = await record((line) => line.msg.includes('a fault of the test'));
    t.is(level, 50);
    t.regex(msg, /^a fault in framehub at .+: .*a fault of the test/);
    t.is((await fetch(`${url}snapshot?timeout=30000`)).status, 200);
    child.kill('SIGTERM');
    t.like(await ended, { code: 0, signal: null });
  });

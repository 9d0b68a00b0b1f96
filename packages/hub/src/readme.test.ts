import { readFileSync } from 'node:fs';
import { inspectJpeg, isBroken } from '@framehub/frame';
import test from 'ava';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);

/** Runs an example: on any port, without a device, with the packages as they resolve from here. */
async function run(text: string, end = ''): Promise<Record<string, unknown>> {
  const code = examples.find((example) => example.includes(text)) ?? '';
  const runnable = code
    .replace(/from '([^']+)'/g, (_, name) => `from '${import.meta.resolve(name)}'`)
    .replace(/port: \d+/, 'port: 0')
    .replace('/dev/video0', 'pattern');
  return import(`data:text/javascript,${encodeURIComponent(`${runnable}\n${end}`)}`);
}

test.serial('the example that serves runs and ends', async (t) => {
  await t.notThrowsAsync(run('await serve('));
});

test.serial('the example without gateways gets a JPEG from the bus', async (t) => {
  await t.notThrowsAsync(run('hub.broker.frames('));
});

test.serial('the example with a gateway serves snapshots', async (t) => {
  const end = `const response = await fetch(gateway.urls()[0] + 'snapshot/garage?timeout=30000');
    export const jpeg = new Uint8Array(await response.arrayBuffer());
    await gateway.close();
    await hub.close();`;
  const { jpeg } = await run('new HttpGateway(', end);
  t.false(isBroken(inspectJpeg(jpeg as Uint8Array)));
});

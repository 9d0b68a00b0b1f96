import { readFileSync } from 'node:fs';
import test from 'ava';

/** The example of a README that begins with an import of framehub, made runnable beside others: any port, no device. */
function exampleOf(readme: string): string {
  const text = readFileSync(new URL(readme, import.meta.url), 'utf8');
  const [, code = ''] = /```ts\n(import .*? from 'framehub';.*?)```/s.exec(text) ?? [];
  return code
    .replace("'framehub'", `'${new URL('./index.js', import.meta.url)}'`)
    .replace(/http: \{ port: \d+ \}/, "http: { port: 0, host: '127.0.0.1' }")
    .replace('/dev/video0', 'pattern');
}

async function runModule(code: string): Promise<Record<string, unknown>> {
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

test.serial("the root README's program serves, and ends", async (t) => {
  const checked = exampleOf('../../../README.md').replace(
    '// …',
    "export const { status } = await fetch(hub.urls[0] + 'snapshot/garage?timeout=30000');",
  );
  t.like(await runModule(checked), { status: 200 });
});

test.serial("this package's README serves, and ends", async (t) => {
  const checked = exampleOf('../README.md').replace(
    'await server.close();',
    "export const { status } = await fetch(server.urls[0] + 'snapshot/garage?timeout=30000');\nawait server.close();",
  );
  t.like(await runModule(checked), { status: 200 });
});

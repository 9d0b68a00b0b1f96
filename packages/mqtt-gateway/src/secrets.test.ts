import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { Listener, says } from './client.fixture.js';
import { EmbeddedServer } from './embedded/server.js';

test('the password is never logged, not even with DEBUG=*', async (t) => {
  const server = new EmbeddedServer({ port: 0, user: 'me', password: 'se-cret' });
  await server.start();
  t.teardown(() => server.close());
  const path = fileURLToPath(new URL('./gateway-process.fixture.js', import.meta.url));
  const url = server.url.replace('//', '//me:se-cret@');
  const child = fork(path, [url], { execArgv: [], silent: true, env: { ...process.env, DEBUG: '*' } });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      said += chunk;
    });
  const client = await Listener.connect(t, server.url, 'framehub/#', { username: 'me', password: 'se-cret' });
  await client.hear('framehub/available', says('online'));
  child.kill('SIGTERM');
  await once(child, 'close');
  t.regex(said, /mqtt-packet/, 'the libraries logged');
  t.notRegex(said, /se-cret/);
  t.false(
    said.includes(
      Buffer.from('se-cret')
        .toString('hex')
        .replace(/..(?=.)/g, '$& '),
    ),
    'nor its bytes',
  );
});

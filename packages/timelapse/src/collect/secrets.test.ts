import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '@framehub/testing';
import anyTest from 'ava';
import { temporaryFolder } from '../snapshots.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import { hasMosquitto, MqttServer } from '../sources/mqtt-server.fixture.js';
import { collected } from './collecting.fixture.js';

if (!hasMosquitto) console.warn('SKIPPED: mosquitto is not installed, so no password was sent');
const test = hasMosquitto ? anyTest : anyTest.skip;

test('the password is not logged, not even with the debug output of all libraries', async (t) => {
  const [out, server] = [temporaryFolder(t), await MqttServer.start(t)];
  const hub = await MqttHub.connect(t, server);
  hub.answer = (packet, number) => hub.reply(packet, number);
  const options = { out, mqtt: server.url, camera: 'garage', every: '1s', username: 'me', password: 'se-cret' };
  const path = fileURLToPath(new URL('./collector.fixture.js', import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(options)], { env: { ...process.env, DEBUG: '*' } });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  await until(() => collected(out).length > 0);
  child.kill('SIGTERM');
  await once(child, 'close');
  t.regex(output, /mqtt-packet/, 'the libraries wrote their debug output');
  t.notRegex(output, /se-cret/);
  t.false(
    output.includes(
      Buffer.from('se-cret')
        .toString('hex')
        .replace(/..(?=.)/g, '$& '),
    ),
    'nor its bytes, in hexadecimal digits',
  );
});

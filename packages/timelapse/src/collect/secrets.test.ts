import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import anyTest from 'ava';
import { temporaryFolder } from '../pictures.fixture.js';
import { Broker, hasMosquitto } from '../sources/broker.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import { until } from '../until.fixture.js';
import { collected } from './collecting.fixture.js';

if (!hasMosquitto) console.warn('SKIPPED: mosquitto is not installed, so no password was sent');
const test = hasMosquitto ? anyTest : anyTest.skip;

test('the password is shown to nobody, not even to who wants to see all that libraries do', async (t) => {
  const [out, broker] = [temporaryFolder(t), await Broker.start(t)];
  const hub = await MqttHub.connect(t, broker);
  hub.answer = (packet, number) => hub.reply(packet, number);
  const options = { out, mqtt: broker.url, camera: 'garage', every: '1s', username: 'me', password: 'se-cret' };
  const path = fileURLToPath(new URL('./collector.fixture.js', import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(options)], { env: { ...process.env, DEBUG: '*' } });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  await until(() => collected(out).length > 0);
  child.kill('SIGTERM');
  await once(child, 'close');
  t.regex(said, /mqtt-packet/, 'there was much to see');
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

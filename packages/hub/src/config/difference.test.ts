import test from 'ava';
import { compareCameras, describeDifference, keysForRestart } from './difference.js';
import { type Config, type ConfigInput, configSchema } from './schema.js';

const config = (input: ConfigInput): Config => configSchema.parse(input);
const compare = (before: ConfigInput['cameras'], after: ConfigInput['cameras']) =>
  compareCameras(config({ cameras: before }).cameras, config({ cameras: after }).cameras);
const nothing = { added: [], changed: [], removed: [], listed: false };

test('equal cameras differ in nothing, however they are written', (t) => {
  const written = { source: '/dev/video0', size: 4, rotate: 90 as const };
  t.deepEqual(
    compare({ a: written }, { a: { rotate: 90, flip: 'none', size: '1280x720', source: '/dev/video0' } }),
    nothing,
  );
});

test('a camera that was added, one that has changed, and one that was removed', (t) => {
  const difference = compare(
    { a: { source: 0 }, b: { source: 1 }, c: { source: 2 } },
    { a: { source: 0 }, b: { source: 1, controls: { gain: 3 } }, d: { source: 2 } },
  );
  t.deepEqual(difference, { added: ['d'], changed: ['b'], removed: ['c'], listed: true });
  t.is(describeDifference(difference), 'cameras: d added, b changed, c removed');
  t.is(describeDifference(nothing), 'cameras: unchanged');
});

test('a new order of the same cameras changes the list, and none of the cameras', (t) => {
  const [a, b] = [{ source: 0 }, { source: 1 }];
  t.deepEqual(compare({ a, b }, { b, a }), { ...nothing, listed: true });
});

test('what needs a restart is named by its key: all but the cameras and the level of the log', (t) => {
  const before = config({ http: { port: 1 }, log: { level: 'info' } });
  t.deepEqual(
    keysForRestart(before, config({ cameras: { a: { source: 0 } }, http: { port: 1 }, log: { level: 'debug' } })),
    [],
  );
  const after = config({ http: { port: 2, cors: false }, encoder: { threads: 2 }, log: { file: '/tmp/log' } });
  t.deepEqual(keysForRestart(before, after), ['http.port', 'http.cors', 'encoder.threads', 'log.file']);
});

test('what goes out over MQTT is no change of the camera', (t) => {
  t.deepEqual(compare({ a: { source: 0 } }, { a: { source: 0, mqtt: { every: '1s' } } }), nothing);
});

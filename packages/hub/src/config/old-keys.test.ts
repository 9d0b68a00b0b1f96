import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { checkConfig, parseConfig } from './load.js';

function read(text: string) {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
  return { config: parseConfig(text, '/etc/framehub.yaml', { logger }), warnings };
}

for (const [what, text, key, value, warning] of [
  ['framerate', 'framerate: 7', 'fps', 7, '/etc/framehub.yaml:3:5: cameras.a.framerate is now called fps: rename it'],
  [
    'on_no_bandwidth',
    'on_no_bandwidth: fallback',
    'onNoBandwidth',
    'fallback',
    '/etc/framehub.yaml:3:5: cameras.a.on_no_bandwidth is now called onNoBandwidth: rename it',
  ],
  [
    'idle without a unit',
    'idle: 60',
    'idle',
    60_000,
    '/etc/framehub.yaml:3:5: cameras.a.idle needs a unit: write 60s instead of 60',
  ],
] as const) {
  test(`a camera's ${what} is still read, with a warning that names what to write`, (t) => {
    const { config, warnings } = read(`cameras:\n  a:\n    ${text}\n    source: 0\n`);
    t.is(config.cameras.a?.[key], value);
    t.deepEqual(warnings, [warning]);
  });
}

test('a keep-alive without a unit is still read, with a warning', (t) => {
  const { config, warnings } = read('mqtt: { keepalive: 10 }');
  t.is(config.mqtt?.keepalive, 10_000);
  t.deepEqual(warnings, ['/etc/framehub.yaml:1:9: mqtt.keepalive needs a unit: write 10s instead of 10']);
});

test('the present words need no warning', (t) => {
  const { config, warnings } = read(
    'cameras: { a: { source: 0, fps: 7, idle: 2m, onNoBandwidth: wait } }\nmqtt: { keepalive: 1m }',
  );
  t.like(config.cameras.a, { fps: 7, idle: 120_000 });
  t.is(config.mqtt?.keepalive, 60_000);
  t.deepEqual(warnings, []);
});

test('a wrong value of an old key is named by the new key, at its place', (t) => {
  t.throws(() => read('cameras:\n  a:\n    source: 0\n    framerate: fast'), {
    message: /:4:16: cameras\.a\.fps must be a number above 0, up to 240, not fast$/,
  });
  t.throws(() => read('cameras:\n  a: { source: 0, idle: -1 }'), { message: /cameras\.a\.idle must be .*, not -1$/ });
});

test('an old key beside the new one is unknown', (t) => {
  t.throws(() => read('cameras: { a: { source: 0, framerate: 5, fps: 6 } }'), {
    message: /unknown key cameras\.a\.framerate/,
  });
});

test('a program that passes old keys is warned, and its object is not changed', (t) => {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
  const input = { cameras: { a: { source: 'pattern', framerate: 5 } } };
  t.is(checkConfig(input, { logger }).cameras.a?.fps, 5);
  t.deepEqual(warnings, ['cameras.a.framerate is now called fps: rename it']);
  t.deepEqual(input, { cameras: { a: { source: 'pattern', framerate: 5 } } });
});

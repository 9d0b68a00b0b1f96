import type { CameraInfo } from '@framehub/client';
import test from 'ava';
import { ageText, conditionOf, fileName } from './texts.js';

const live: CameraInfo = {
  name: 'garage',
  source: 'test',
  state: 'live',
  placeholder: null,
  error: null,
  format: null,
  fps: { nominal: 30, measured: 30 },
  frozenSince: null,
  viewers: 0,
  restarts: 0,
};
const unplugged = { code: 'CAPTURE_DEVICE_GONE', message: 'the camera was unplugged: plug it in again' };

test('a camera that is well is live, and nothing is wrong', (t) => {
  t.deepEqual(conditionOf(live), { label: 'live', tone: 'good', problem: undefined });
});

test('a fault is described in words, with the text of the placeholder', (t) => {
  const condition = conditionOf({ ...live, state: 'retrying', placeholder: 'CAMERA UNPLUGGED', error: unplugged });
  t.deepEqual(condition, {
    label: 'unplugged',
    tone: 'bad',
    problem: 'The camera was unplugged: plug it in again.',
  });
});

test('an address is not changed, wherever it stands', (t) => {
  const problemOf = (message: string): string | undefined =>
    conditionOf({ ...live, state: 'retrying', error: { code: 'CAPTURE_STREAM_FAILED', message } }).problem;
  t.is(problemOf('http://door.lan/stream answers 404'), 'http://door.lan/stream answers 404.');
  t.is(problemOf('serial:12AB is not there: plug it in'), 'serial:12AB is not there: plug it in.');
  t.is(problemOf('/dev/video7 is not there: plug it in'), '/dev/video7 is not there: plug it in.');
  t.is(problemOf('port:usb-1.2'), 'port:usb-1.2.');
  t.is(problemOf('it ended, and why is not known'), 'It ended, and why is not known.');
});

test('a camera that waits and says nothing is in trouble all the same', (t) => {
  t.like(conditionOf({ ...live, state: 'retrying' }), { label: 'no image', tone: 'bad' });
});

test('a camera that was switched off is off, and nothing is wrong', (t) => {
  t.like(conditionOf({ ...live, state: 'off', placeholder: 'CAMERA OFF' }), { label: 'off', problem: undefined });
});

test('a camera with frozen frames is not live', (t) => {
  const condition = conditionOf({ ...live, frozenSince: Date.UTC(2026, 0, 1) });
  t.is(condition.label, 'frozen');
  t.regex(condition.problem ?? '', /has not changed since/);
});

test('ages are as exact as they can be read', (t) => {
  t.deepEqual([undefined, -3, 41.6, 999, 1234, 12_345].map(ageText), ['–', '0 ms', '42 ms', '999 ms', '1.2 s', '12 s']);
});

test('a snapshot file is named after its camera and capture time', (t) => {
  t.is(fileName('garage', new Date(2026, 2, 1, 14, 5, 9)), 'garage 2026-03-01 14.05.09.jpg');
});

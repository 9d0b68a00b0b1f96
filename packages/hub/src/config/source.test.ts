import test from 'ava';
import { readSource, type SourceConfig } from './source.js';

const read: readonly [string, SourceConfig][] = [
  ['0', { type: 'v4l2', device: '0' }],
  ['/dev/video2', { type: 'v4l2', device: '/dev/video2' }],
  ['usb-046d_C920_6A2B-video-index0', { type: 'v4l2', device: '/dev/v4l/by-id/usb-046d_C920_6A2B-video-index0' }],
  ['usb:046D:082d', { type: 'v4l2', device: 'usb:046d:082d' }],
  ['usb:046d:082d:6A:2B', { type: 'v4l2', device: 'usb:046d:082d:6A:2B' }],
  ['serial:6A2B', { type: 'v4l2', device: 'serial:6A2B' }],
  ['port:usb-0000:00:14.0-1', { type: 'v4l2', device: 'port:usb-0000:00:14.0-1' }],
  ['pattern', { type: 'pattern' }],
  ['pattern:640x480', { type: 'pattern', width: 640, height: 480 }],
  ['pattern@12.5', { type: 'pattern', fps: 12.5 }],
  ['pattern:640x480@15:mjpeg', { type: 'pattern', width: 640, height: 480, fps: 15, fourcc: 'MJPG' }],
  ['file:frames', { type: 'file', path: 'frames' }],
  ['http://host/?action=stream', { type: 'http', url: 'http://host/?action=stream' }],
];

for (const [text, spec] of read) {
  test(`${text} is a source`, (t) => t.deepEqual(readSource(text), spec));
}

for (const text of [
  '',
  '-1',
  'garage',
  'file:',
  'pattern:9x9',
  'pattern@0',
  'pattern@999',
  'pattern:640x480:H264',
  'patterns',
  'usb:46d:825',
  'serial:',
  'port:',
  'http://',
  'rtsp://host/',
]) {
  test(`'${text}' is no source`, (t) => t.is(readSource(text), undefined));
}

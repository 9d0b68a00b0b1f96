import { FramehubError } from '@framehub/frame';
import test from 'ava';
import type { DeviceInfo } from 'node-v4l2-camera';
import { withChoices } from './choices.js';

function device(number: number): DeviceInfo {
  const path = `/dev/video${number}`;
  return {
    path,
    card: `Camera ${number}`,
    driver: '',
    busInfo: `usb-${number}`,
    byId: [],
    byPath: [],
    multiplanar: false,
    standalone: true,
  };
}
const gone = (name: string) => new FramehubError('CAPTURE_DEVICE_GONE', `${name} is not there`, { device: name });
const told = (error: FramehubError, detected: { devices?: DeviceInfo[]; problems?: string[] } = {}) =>
  withChoices(error, () => ({ devices: [], problems: [], ...detected }));

test('a missing camera of the command line is reported with the connected ones', (t) => {
  const choices = ['0   Camera 0, /dev/video0', '1   Camera 2, /dev/video2'];
  t.like(told(gone('/dev/video9'), { devices: [device(0), device(2)] }), {
    code: 'CLI_NO_SUCH_CAMERA',
    message: 'there is no camera /dev/video9: these are connected:',
    details: { choices },
  });
  t.is(told(gone('7'), { devices: [device(0)] }).message, 'there is no camera number 7: this one is connected:');
});

test('with no camera at all, it says what keeps them away', (t) => {
  t.is(told(gone('0')).message, 'there is no camera number 0: no camera is connected');
  t.regex(told(gone('0'), { problems: ['/dev/video0: no permission'] }).message, /: \/dev\/video0: no permission$/);
});

test('an ambiguous name is reported with a choice, and other errors are unchanged', (t) => {
  const ambiguous = new FramehubError('CAPTURE_DEVICE_AMBIGUOUS', 'serial:1 is the name of 2 cameras', {});
  t.like(told(ambiguous, { devices: [device(0)] }), {
    code: 'HUB_SEVERAL_CAMERAS',
    message: ambiguous.message,
    details: { choices: ['0   Camera 0, /dev/video0'] },
  });
  const busy = new FramehubError('CAPTURE_DEVICE_BUSY', 'in use');
  t.is(told(busy), busy);
});

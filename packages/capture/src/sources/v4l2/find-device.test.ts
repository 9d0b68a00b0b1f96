import test from 'ava';
import type { SeenDevice } from '../../messages.js';
import { parseDeviceName } from './device-name.js';
import { type ConnectedDevice, camerasAmong, findDevice } from './find-device.js';

const device = (number: number, busInfo: string, serial?: string, productId = '0825'): ConnectedDevice => ({
  path: `/dev/video${number}`,
  card: `Camera ${productId}`,
  busInfo,
  usb: { vendorId: '046d', productId, ...(serial !== undefined && { serial }) },
});

const seenAs = ({ busInfo, usb }: ConnectedDevice): SeenDevice => ({ port: busInfo, usb });

function find(text: string, connected: readonly ConnectedDevice[], seen?: SeenDevice, target?: string): string {
  const name = parseDeviceName(text);
  if (!name) throw new Error(`${text} is no name`);
  return findDevice(name, connected, seen, target);
}

const NODE = '/dev/video0';
const BY_ID = '/dev/v4l/by-id/usb-046d_0825_A-video-index0';

test('usb:VENDOR:PRODUCT is the one camera of its model', (t) => {
  t.is(find('usb:046d:0825', [device(0, 'a', 'A', 'c920'), device(2, 'b', 'B')]), '/dev/video2');
});

test('usb:VENDOR:PRODUCT:SERIAL and serial:SERIAL distinguish cameras of one model', (t) => {
  const connected = [device(0, 'a', 'A'), device(2, 'b', 'B')];
  t.is(find('usb:046d:0825:B', connected), '/dev/video2');
  t.is(find('serial:A', connected), '/dev/video0');
});

test('port:BUS-INFO distinguishes identical cameras', (t) => {
  const connected = [device(0, 'usb-1.1'), device(2, 'usb-1.2')];
  t.is(find('port:usb-1.1', connected), '/dev/video0');
  t.is(find('port:usb-1.2', connected), '/dev/video2');
});

test('a number counts cameras, and of a camera with several nodes the first counts', (t) => {
  const connected = [device(0, 'a'), device(2, 'a'), device(4, 'b')];
  t.is(find('1', connected), '/dev/video4');
  t.is(find('usb:046d:0825', connected.slice(0, 2)), '/dev/video0');
  t.deepEqual(
    camerasAmong(connected).map(({ path }) => path),
    ['/dev/video0', '/dev/video4'],
  );
});

test('nodes without bus information are cameras of their own', (t) => {
  t.is(camerasAmong([device(0, ''), device(1, '')]).length, 2);
});

test('a name of several cameras is refused, with names to choose from', (t) => {
  const connected = [device(0, 'usb-1.1'), device(1, 'usb-1.1'), device(2, 'usb-1.2')];
  const error = t.throws(() => find('usb:046d:0825', connected), { code: 'CAPTURE_DEVICE_AMBIGUOUS' });
  t.regex(error.message, /2 cameras match usb:046d:0825.*port:usb-1\.1 \(Camera 0825\) or port:usb-1\.2 \(/);
});

test('a name of several cameras keeps to the one that it had', (t) => {
  const connected = [device(0, 'usb-1.1'), device(2, 'usb-1.2')];
  t.is(find('usb:046d:0825', connected, seenAs(device(7, 'usb-1.2'))), '/dev/video2');
  t.throws(() => find('usb:046d:0825', connected, seenAs(device(7, 'usb-1.3'))), { code: 'CAPTURE_DEVICE_AMBIGUOUS' });
});

for (const text of ['usb:046d:ffff', 'serial:B', 'port:b', '1']) {
  test(`${text} is gone while no such camera is connected; the connected ones are listed`, (t) => {
    const error = t.throws(() => find(text, [device(0, 'usb-1.1', 'A')]), { code: 'CAPTURE_DEVICE_GONE' });
    t.true(error.message.includes(`${text} is not there`));
    t.regex(error.message, /connected: port:usb-1\.1 \(Camera 0825\)/);
    t.regex(t.throws(() => find(text, [])).message, /no camera is connected/);
  });
}

test('a path that was never opened is used unchanged, whatever is listed', (t) => {
  t.is(find(NODE, []), NODE);
  t.is(find(BY_ID, [device(0, 'a')]), BY_ID);
});

for (const text of [NODE, '0']) {
  const there = device(0, 'a', 'A');
  const target = text === NODE ? NODE : undefined;

  test(`${text}: the same camera in the same port is found under another number`, (t) => {
    const back = device(1, 'a', 'A');
    t.is(find(text, [back], seenAs(there)), '/dev/video1');
    t.is(find(text, [device(0, 'b', 'B'), back], seenAs(there), target), '/dev/video1');
  });

  test(`${text}: in another port it is known by its serial number`, (t) => {
    t.is(find(text, [device(0, 'b', 'B'), device(1, 'c', 'A')], seenAs(there), target), '/dev/video1');
  });

  test(`${text}: two of the same serial number are distinguished by port only`, (t) => {
    const alike = [device(1, 'b', 'A'), device(2, 'c', 'A')];
    t.throws(() => find(text, alike, seenAs(there)), { code: 'CAPTURE_DEVICE_GONE' });
    t.is(find(text, [...alike, device(3, 'a', 'A')], seenAs(there)), '/dev/video3');
  });

  test(`${text}: an identical camera with the same serial number, which was there before, is not the configured one`, (t) => {
    const seen = { ...seenAs(there), others: ['b'] };
    t.throws(() => find(text, [device(1, 'b', 'A')], seen), { code: 'CAPTURE_DEVICE_GONE' });
    const missed = { ...seen, missed: true };
    t.is(find(text, [device(1, 'b', 'A'), device(2, 'c', 'A')], missed), '/dev/video2', 'one that came since');
  });

  test(`${text}: without a serial number it is known in its port, and in another if it has come since it was missed`, (t) => {
    const seen = seenAs(device(0, 'a'));
    t.throws(() => find(text, [device(1, 'b')], seen), { code: 'CAPTURE_DEVICE_GONE' });
    const missed = { ...seen, missed: true };
    t.is(find(text, [device(1, 'b')], missed), '/dev/video1');
    t.is(find(text, [device(0, 'b')], missed, target), text === NODE ? text : '/dev/video0', 'under the same number');
    t.is(find(text, [device(1, 'b'), device(2, 'a')], missed), '/dev/video2', 'its own port comes first');
    t.throws(() => find(text, [device(1, 'b')], { ...missed, others: ['b'] }), { code: 'CAPTURE_DEVICE_GONE' });
  });

  test(`${text}: another camera is used only at the port of the configured one`, (t) => {
    const other = device(0, 'a', 'X', 'c920');
    t.is(find(text, [other], seenAs(there), target), '/dev/video0');
    const moved = device(0, 'b', 'X', 'c920');
    const error = t.throws(() => find(text, [moved], seenAs(there), target), { code: 'CAPTURE_DEVICE_GONE' });
    t.regex(error.message, /0 belongs to another camera now \(port:b \(Camera c920\)\).*port:a/);
  });
}

for (const text of ['usb:046d:0825', 'port:a', BY_ID, '/dev/v4l/by-path/a']) {
  test(`${text} never stands for a camera because that appeared since the configured one was missed`, (t) => {
    const missed = { ...seenAs(device(0, 'a')), missed: true };
    const connected = [device(1, 'b'), device(2, 'c')];
    t.throws(() => find(text, connected, missed), { message: /port:b/ });
  });
}

test('the second node of a camera stays the second node', (t) => {
  const nodes = [device(0, 'a'), device(2, 'a')];
  t.is(find('/dev/video2', nodes, seenAs(device(2, 'a')), '/dev/video2'), '/dev/video2');
});

test('a node that cannot be asked is opened all the same: the reason is worth more than "gone"', (t) => {
  const seen = seenAs(device(0, 'a', 'A'));
  t.is(find(NODE, [], seen, NODE), NODE);
  t.is(find(BY_ID, [], seen, NODE), BY_ID);
});

test('a link is kept to while it leads to our camera, or to one that is not its equal', (t) => {
  const ours = device(3, 'a', 'A');
  t.is(find(BY_ID, [ours], seenAs(ours), '/dev/video3'), BY_ID);
  t.is(find(BY_ID, [device(3, 'b', 'A')], seenAs(ours), '/dev/video3'), BY_ID, 'plugged into another port');
  t.is(find('/dev/v4l/by-path/a', [device(3, 'a', 'X', 'c920')], seenAs(ours), '/dev/video3'), '/dev/v4l/by-path/a');
});

test('a link that identical cameras share stands for the one at the port of the configured camera', (t) => {
  const [ours, later] = [device(0, 'a', 'A'), device(2, 'b', 'A')];
  t.is(find(BY_ID, [ours, later], seenAs(ours), '/dev/video2'), '/dev/video0');
  t.is(find(BY_ID, [ours], seenAs(ours)), '/dev/video0', 'the link is not there yet');
});

test('a link that leads to an identical camera while the configured one is unplugged stands for nothing', (t) => {
  const [ours, other] = [device(0, 'a', 'A'), device(2, 'b', 'A')];
  const seen = { ...seenAs(ours), others: ['b'] };
  t.throws(() => find(BY_ID, [other], seen, '/dev/video2'), { code: 'CAPTURE_DEVICE_GONE', message: /by-id.*port:b/ });
  t.is(find(BY_ID, [device(3, 'c', 'A')], seen, '/dev/video3'), BY_ID, 'plugged into another port');
});

test('a link to nothing is gone', (t) => {
  t.throws(() => find(BY_ID, [], seenAs(device(0, 'a', 'A'))), { code: 'CAPTURE_DEVICE_GONE', message: /by-id/ });
});

test('what is no USB camera is known by its port', (t) => {
  const vivid = { path: '/dev/video0', card: 'vivid', busInfo: 'platform:vivid-000' };
  t.is(find('port:platform:vivid-000', [vivid]), '/dev/video0');
  t.is(find('/dev/video1', [vivid], { port: 'platform:vivid-000', usb: undefined }), '/dev/video0');
});

import test from 'ava';
import { pickCamera, resolveAddress } from './target.js';

const CAMERAS = ['garage', 'printer', 'cam_1', 'webcam9'];

/** Address -> what it means. */
const FORMS: Readonly<Record<string, string>> = {
  // our own
  '/stream': 'stream garage',
  '/stream/garage': 'stream garage',
  '/stream/printer': 'stream printer',
  '/stream/1': 'stream printer',
  '/1/stream': 'stream printer',
  '/printer/stream': 'stream printer',
  '/snapshot': 'snapshot garage',
  '/snapshot.jpg': 'snapshot garage',
  '/snapshot.jpeg': 'snapshot garage',
  '/snapshot/printer': 'snapshot printer',
  '/snapshot/printer.jpg': 'snapshot printer',
  '/snapshot/1.jpg': 'snapshot printer',
  '/1/snapshot.jpg': 'snapshot printer',
  // mjpg-streamer, crowsnest, OctoPrint
  '/?action=stream': 'stream garage',
  '/?action=snapshot': 'snapshot garage',
  '/?action=stream_1': 'stream printer',
  '/?action=snapshot_1': 'snapshot printer',
  '/?action=snapshotfoo': 'snapshot garage',
  '/webcam/?action=stream': 'stream garage',
  '/webcam/?action=snapshot': 'snapshot garage',
  '/webcam?action=stream': 'stream garage',
  '/webcam2/?action=stream': 'stream printer',
  '/webcam3/?action=snapshot': 'snapshot cam_1',
  '/webcam2/stream': 'stream printer',
  '/webcam9/?action=stream': 'stream webcam9',
  '/stream.mjpg': 'stream garage',
  // Mainsail and Fluidd
  '/?action=snapshot&bypassCache=1700000000000': 'snapshot garage',
  '/snapshot?bypassCache=1700000000000': 'snapshot garage',
  '/snapshot&bypassCache=1700000000000': 'snapshot garage',
  '/webcam/?action=snapshot&cacheBust=1700000000000': 'snapshot garage',
  '/stream&timestamp=1700000000000': 'stream garage',
  // OctoPrint's keyless busters
  '/stream?1700000000000': 'stream garage',
  '/?action=stream&1700000000000': 'stream garage',
  '/stream&1700000000000': 'stream garage',
  '/?action=stream?1700000000000': 'stream garage',
  // Duet Web Control
  '/0/stream': 'stream garage',
  '/snapshot?dummy=0.123': 'snapshot garage',
  '/snapshot&dummy=0.123': 'snapshot garage',
  '/snapshot_123': 'snapshot garage',
  '/stream_123': 'stream garage',
  '/stream_0.123': 'stream garage',
  '/snapshot.jpg_123': 'snapshot garage',
  '/0/stream_123': 'stream garage',
  '/snapshot/printer_123': 'snapshot printer',
  '/snapshot/printer.jpg_123': 'snapshot printer',
  '/?action=stream_17000000': 'stream garage',
  // a name that looks like a cache buster is a name first
  '/stream/cam_1': 'stream cam_1',
  '/stream/cam_1_77': 'stream cam_1',
  // trifles
  '/stream/': 'stream garage',
  '//stream': 'stream garage',
  '/stream/garage/': 'stream garage',
  '/%73tream': 'stream garage',
  'http://pi4:8090/stream/printer?fps=5': 'stream printer',
  '/stream?__proto__=1': 'stream garage',
  // neither streams nor snapshots
  '/': 'control ',
  '/api/cameras': 'control api/cameras',
  '/api/cameras/garage/controls': 'control api/cameras/garage/controls',
  '/state?1234': 'control state',
  '/webcam': 'control webcam',
  '/index.html': 'control index.html',
  '/streaming': 'control streaming',
};

for (const [url, meaning] of Object.entries(FORMS)) {
  test(`${url} means ${meaning}`, (t) => {
    const address = resolveAddress(url, CAMERAS);
    t.is(`${address.kind} ${address.kind === 'control' ? address.path.join('/') : address.camera}`, meaning);
  });
}

test('the suffix of Duet Web Control is removed from the last value too, but not from names', (t) => {
  const queryOf = (url: string) => {
    const address = resolveAddress(url, CAMERAS);
    return address.kind === 'control' ? {} : { ...address.query };
  };
  t.deepEqual(queryOf('/stream?fps=5&width=640_123'), { fps: '5', width: '640' });
  t.deepEqual(queryOf('/stream?key=me_1'), { key: 'me_1' });
  t.deepEqual(queryOf('/stream?fps=5&fps=9&1700&flip=a%20b+c'), { fps: '5', '1700': '', flip: 'a b c' });
});

test('the error for an unknown camera lists the known ones', (t) => {
  for (const url of [
    '/stream/attic',
    '/9/stream',
    '/webcam5/?action=stream',
    '/snapshot/attic.jpg',
    '/attic/snapshot',
  ]) {
    t.like(
      t.throws(() => resolveAddress(url, CAMERAS)),
      { code: 'CAMERA_UNKNOWN', details: { cameras: CAMERAS } },
      url,
    );
  }
  t.throws(() => pickCamera('', []), { message: /there are no cameras yet/ });
});

test('a path that leaves its root, or is not text, is not found', (t) => {
  for (const url of ['/../etc/passwd', '/stream/..', '/%2e%2e/stream', '/stream/%2e%2e%2fgarage', '/a%00b', '/%zz']) {
    t.like(
      t.throws(() => resolveAddress(url, CAMERAS)),
      { code: 'HTTP_NOT_FOUND' },
      url,
    );
  }
});

test('an unknown action is refused with what is allowed', (t) => {
  t.like(
    t.throws(() => resolveAddress('/?action=command&dest=0', CAMERAS)),
    {
      code: 'HTTP_BAD_QUERY',
      message: 'action must be stream or snapshot, not command',
    },
  );
});

test('a camera whose name extends that of another by a number is found by its whole name', (t) => {
  const cameras = ['cam', 'cam_1', 'cam_2'];
  t.is(pickCamera('cam_1', cameras), 'cam_1');
  t.is(pickCamera('cam_1_123', cameras), 'cam_1');
  t.is(pickCamera('cam_123', cameras), 'cam');
});

test('the error for an unknown webcam has the requested name', (t) => {
  for (const place of ['webcam0', 'webcam5']) {
    t.throws(() => resolveAddress(`/${place}/?action=stream`, CAMERAS), { message: new RegExp(`no camera ${place}:`) });
  }
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { inspectJpeg } from '@framehub/frame';
import { loadVivid, plugCamera, v4l2ctl } from '../../../tools/v4l2-vm/rig.mjs';
import { assertInOrder, decode, framehub, serve, stopAll, until, watch } from './hub.mjs';

const SAMPLES = '/usr/local/share/usbcam/mjpeg';

describe('from a USB camera to /stream', () => {
  afterEach(stopAll);
  let camera;
  before(async () => {
    camera = await plugCamera();
  });
  after(() => camera.stop());

  test('MJPG arrives as the camera sent it, to the byte', async () => {
    const hub = await serve('--camera', camera.path, '--size', '640x480');
    const samples = readdirSync(`${SAMPLES}/640x480`).map((file) => readFileSync(`${SAMPLES}/640x480/${file}`));
    const viewer = await watch(hub.url('/stream'));
    const frames = await viewer.take(20);
    assert.ok(frames.every((frame) => samples.some((sample) => sample.equals(frame))));
    assert.ok(new Set(frames.map((frame) => frame.toString('base64'))).size > 5, 'the picture moves');
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });

  test('YUYV is encoded, in order', async () => {
    const hub = await serve('--camera', camera.path, '--format', 'YUYV', '--size', '640x480');
    const viewer = await watch(hub.url('/stream'));
    const pictures = decode(await viewer.take(10));
    assert.deepEqual([pictures[0].width, pictures[0].height], [640, 480]);
    assertInOrder(pictures);
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });

  test('a turned picture is turned without loss, and viewers of both are served', async () => {
    const hub = await serve('--camera', camera.path, '--size', '640x480');
    const [upright, turned] = [await watch(hub.url('/stream')), await watch(hub.url('/stream?rotate=90'))];
    const [[a], [b]] = [decode([await upright.next()]), decode([await turned.next()])];
    assert.deepEqual([a.width, a.height, b.width, b.height], [640, 480, 480, 640]);
    upright.close();
    turned.close();
    assert.equal(await hub.stop(), 0);
  });

  test('broken frames are dropped and counted, table-less ones completed', async () => {
    const hub = await serve('--camera', camera.path, '--size', '640x480');
    const viewer = await watch(hub.url('/stream'));
    await viewer.next();
    const captured = async () => (await hub.json('/api/cameras/0')).frames.captured;
    const seen = [];
    const dropped = async (reason) => {
      while (!(await hub.json('/api/cameras/0')).frames.dropped[reason]) seen.push(await viewer.next());
    };
    camera.send('truncate 3');
    await dropped('truncated');
    camera.send('garbage 3');
    await dropped('not-jpeg');
    assert.equal(decode(seen).length, seen.length, 'all that viewers saw meanwhile is whole');
    camera.send('nodht');
    const capturedBefore = await captured();
    await until(captured, (count) => count > capturedBefore + 10);
    viewer.skip();
    const frames = await viewer.take(20);
    assert.equal(decode(frames).length, frames.length);
    assert.ok(
      frames.every((frame) => frame.includes(Buffer.from([0xff, 0xc4]))),
      'every frame has its tables',
    );
    camera.send('normal');
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });

  test('viewers stay through an unplug, and see the camera again when it is back', async () => {
    const hub = await serve('--camera', camera.path, '--size', '640x480');
    const viewers = [await watch(hub.url('/stream')), await watch(hub.url('/stream'))];
    for (const viewer of viewers) await viewer.take(3);
    await camera.unplug();
    // The last picture comes again each second, so the connection is not quiet.
    for (const viewer of viewers) await viewer.take(2);
    await camera.plug();
    const capturedBefore = (await hub.json('/api/cameras/0')).frames.captured;
    for (;;) {
      const { state, frames } = await hub.json('/api/cameras/0');
      if (state === 'live' && frames.captured > capturedBefore) break;
      await viewers[0].next();
    }
    for (const viewer of viewers) {
      const frames = await viewer.take(40);
      assert.ok(new Set(frames.map((frame) => frame.toString('base64'))).size > 5, 'the picture moves again');
      assert.ok(viewer.connected);
      viewer.close();
    }
    assert.equal(await hub.stop(), 0);
  });

  test('manual exposure is set, and put back at the end', async () => {
    const controls = () => v4l2ctl(camera.path, '--get-ctrl', 'auto_exposure,exposure_time_absolute');
    const originals = controls();
    const hub = await serve('-camera', camera.path, '-size', '640x480', '-manexp', '0.25', '-exposure', '200');
    assert.match(controls(), /^auto_exposure: 1\b.*\nexposure_time_absolute: 200\n$/);
    assert.equal(await hub.stop(), 0);
    assert.equal(controls(), originals);
  });

  test('a control is changed by the API, within its range, and put back at the end', async () => {
    const originals = v4l2ctl(camera.path, '--get-ctrl', 'brightness');
    const hub = await serve('--camera', camera.path, '--size', '640x480');
    const patch = (body) =>
      fetch(hub.url('/api/cameras/0/controls'), {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    assert.equal((await patch({ brightness: 7 })).status, 200);
    assert.equal(v4l2ctl(camera.path, '--get-ctrl', 'brightness'), 'brightness: 7\n');
    const refused = await patch({ brightness: 1e6 });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /brightness.*1000000/);
    assert.equal(await hub.stop(), 0);
    assert.equal(v4l2ctl(camera.path, '--get-ctrl', 'brightness'), originals);
  });

  test('it is listed once, by names that last', async () => {
    const { status, stdout } = await framehub(['devices', '--json']);
    assert.equal(status, 0);
    const devices = JSON.parse(stdout);
    assert.equal(devices.length ?? devices.cameras?.length, 1);
    assert.match(stdout, /SIM0001/);
  });

  test('it is found by its USB identity, its number and alone', async () => {
    for (const args of [['--camera', 'usb:1209:0001:SIM0001'], ['--camera', '0'], []]) {
      const { status, stderr } = await framehub(['snapshot', ...args, '--size', '640x480', '-o', '/tmp/snapshot.jpg']);
      assert.equal(status, 0, stderr);
      assert.equal(inspectJpeg(readFileSync('/tmp/snapshot.jpg')).width, 640);
    }
  });

  test('with two cameras and none named they are listed, and nothing is started', async () => {
    const second = await plugCamera({ serial: 'B2', product: 'Other Cam' });
    const { status, stderr } = await framehub(['--port', '0']);
    assert.equal(status, 1);
    assert.match(stderr, /Simulated Camera[\s\S]*Other Cam/);
    await second.stop();
  });

  test('busy, forbidden and missing cameras: one line, what to do, no stack trace', async () => {
    const hub = await serve('--camera', camera.path, '--size', '640x480');
    const viewer = await watch(hub.url('/stream'));
    await viewer.next();
    const cases = [
      [await framehub(['--port', '0', '--camera', camera.path]), /busy|in use/i],
      [await framehub(['--port', '0', '--camera', camera.path], { uid: 65534, gid: 65534 }), /usermod -aG video/],
      [await framehub(['--port', '0', '--camera', '/dev/video9']), /\/dev\/video9/],
    ];
    for (const [{ status, stderr }, expected] of cases) {
      assert.notEqual(status, 0);
      const lines = stderr.split('\n').filter((line) => line.startsWith('framehub: '));
      assert.equal(lines.length, 1, stderr);
      assert.match(lines[0], expected);
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });
});

describe("from the kernel's test driver to /snapshot", () => {
  let vivid;
  before(async () => {
    vivid = await loadVivid();
  });
  after(() => vivid.unload());

  /** 75 % colour bars, left to right, as vivid draws them. */
  const BARS = [
    [191, 191, 191],
    [191, 191, 0],
    [0, 191, 191],
    [0, 191, 0],
    [191, 0, 191],
    [191, 0, 0],
    [0, 0, 191],
    [0, 0, 0],
  ];
  /** vivid weighs by Rec. 709 here. */
  const grey = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

  // One that is told to change: to start takes long in an emulated machine.
  let hub;
  before(async () => {
    hub = await serve('--camera', vivid.path, '--format', 'YUYV', '--size', '640x360');
  });
  after(stopAll);
  /** The first picture of this format. Its size tells it from those before. */
  const snapshotOf = async (fourcc, size) => {
    const change = await hub.patch('/api/cameras/0', { format: fourcc, size });
    assert.equal(change.status, 200, await change.clone().text());
    assert.equal((await change.json()).format.fourcc, fourcc);
    for (;;) {
      const response = await fetch(hub.url('/snapshot?timeout=30000'), { headers: { connection: 'close' } });
      assert.equal(response.status, 200, await response.clone().text());
      const [picture] = decode([Buffer.from(await response.arrayBuffer())]);
      if (`${picture.width}x${picture.height}` === size) return picture;
    }
  };

  for (const [i, fourcc] of ['YUYV', 'UYVY', 'NV12', 'YU12', 'BGR3', 'RGB3', 'GREY'].entries()) {
    test(`${fourcc}: the colours are right`, { timeout: 120_000 }, async () => {
      const picture = await snapshotOf(fourcc, i % 2 ? '640x360' : '320x180');
      const { width, height } = picture;
      for (const [n, bar] of BARS.entries()) {
        const seen = picture.at(((n + 0.5) * width) / BARS.length, Math.floor(height * 0.9));
        const wanted = fourcc === 'GREY' ? new Array(3).fill(grey(bar)) : bar;
        for (const channel of [0, 1, 2])
          assert.ok(Math.abs(seen[channel] - wanted[channel]) <= 16, `bar ${n}: ${seen} instead of ${wanted}`);
      }
    });
  }

  test('and it ends as it should', async () => {
    assert.equal(await hub.stop(), 0);
  });
});

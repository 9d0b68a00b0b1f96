import { setTimeout as delay } from 'node:timers/promises';
import { Encoder } from '@framehub/encoder';
import { FramehubError, type PixelFormat, type RawFrame, type Rendition, type StillSize } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { Stills } from './stills.js';

const format: PixelFormat = { fourcc: 'GREY', width: 64, height: 48, stride: 64, range: 'full' };

function frame(): RawFrame {
  const bytes = new Uint8Array(new SharedArrayBuffer(64 * 48));
  return { format, byteLength: bytes.length, sequence: 7, capturedAt: 1234, lease: () => ({ bytes, release() {} }) };
}

/** Stills of a camera whose frames the test provides, with a real encoder. */
async function setup(t: ExecutionContext) {
  const encoder = new Encoder({ threads: 1 });
  t.teardown(() => encoder.close());
  await encoder.start();
  const asked: { size: StillSize; give(frame: RawFrame): void; fail(error: Error): void }[] = [];
  const camera = {
    still: (size: StillSize) => new Promise<RawFrame>((give, fail) => void asked.push({ size, give, fail })),
  };
  const drops: string[] = [];
  const observer = { encoded() {}, dropped: (reason: string) => void drops.push(reason) };
  const stills = new Stills({ camera, encoder, observer, source: {} });
  const own: Rendition = { rotate: 90, width: 16 };
  return { asked, drops, take: (size: StillSize, requested: Rendition = {}) => stills.request(size, own, requested) };
}

test('a still has the camera’s rotation, not its width, and the requested rendition on top', async (t) => {
  const { asked, take } = await setup(t);
  const stills = [take('max'), take('max', { width: 24 })];
  for (const { give } of asked) give(frame());
  const [plain, scaled] = await Promise.all(stills);
  t.like(plain, { width: 48, height: 64, sequence: 7, capturedAt: 1234 });
  t.like(scaled, { width: 24, height: 32 });
});

test('concurrent requests for the same still share it, and a later one gets a new still', async (t) => {
  const { asked, take } = await setup(t);
  const [one, two] = [take('max', { quality: 50 }), take('max', { rotate: 0, quality: 50 })];
  asked[0]?.give(frame());
  t.is(asked.length, 1);
  t.is(await one, await two);
  const later = take('max', { quality: 50 });
  t.is(asked.length, 2);
  asked[1]?.give(frame());
  t.not(await later, await one);
});

test('a different size is a different still, and few run at a time', async (t) => {
  const { asked, take } = await setup(t);
  const sizes = [100, 200, 300, 400].map((width) => ({ width, height: width }));
  const stills = sizes.map((size) => take(size));
  await t.throwsAsync(take('max'), { code: 'CAMERA_TOO_MANY_REQUESTS' });
  t.deepEqual(
    asked.map(({ size }) => size),
    sizes,
  );
  for (const { give } of asked) give(frame());
  await Promise.all(stills);
  const next = take('max');
  asked[4]?.give(frame());
  await t.notThrowsAsync(next);
});

test('an error of the camera goes to every caller, and is not kept', async (t) => {
  const { asked, take } = await setup(t);
  const stills = [take('max'), take('max')];
  asked[0]?.fail(new FramehubError('CAPTURE_DEVICE_GONE', 'it is gone'));
  for (const still of stills) await t.throwsAsync(still, { code: 'CAPTURE_DEVICE_GONE' });
  const next = take('max');
  asked[1]?.give(frame());
  await t.notThrowsAsync(next);
});

test('a broken frame makes no still, and is counted', async (t) => {
  const { asked, drops, take } = await setup(t);
  const still = take('max');
  asked[0]?.give({ ...frame(), lease: () => undefined });
  await t.throwsAsync(still, { code: 'ENCODER_FRAME_REJECTED' });
  t.deepEqual(drops, ['overrun']);
});

test('after a still the stream runs at least as long as the still took', async (t) => {
  const { asked, take } = await setup(t);
  const first = take('max');
  await delay(200);
  const begun = performance.now();
  asked[0]?.give(frame());
  await first;
  const second = take('max');
  while (asked.length < 2) await delay(5);
  t.true(performance.now() - begun >= 199);
  asked[1]?.give(frame());
  await second;
});

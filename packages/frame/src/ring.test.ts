import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { allocateRing, type FrameRef, type JpegInfo, type PixelFormat, RingReader, RingWriter } from './index.js';

const format: PixelFormat = { fourcc: 'GREY', width: 64, height: 64, stride: 64, range: 'full' };

function fill(writer: RingWriter, value: number, sequence = value): FrameRef | undefined {
  const claim = writer.claim();
  claim?.bytes.fill(value, 0, 8);
  return claim?.commit(8, sequence, 1000 + sequence);
}

function pair(slots = 3) {
  const buffer = allocateRing(slots, 4096);
  return { writer: new RingWriter(buffer), reader: new RingReader(buffer, format) };
}

test('a frame comes out as it was put in', (t) => {
  const { writer, reader } = pair();
  const frame = reader.frame(fill(writer, 7) as FrameRef);
  t.like(frame, { sequence: 7, capturedAt: 1007, byteLength: 8, format });
  const lease = frame?.lease();
  t.deepEqual([...(lease?.bytes ?? [])], new Array(8).fill(7));
});

test("a JPEG's structure travels with its reference, and other frames have none", (t) => {
  const { writer, reader } = pair();
  const jpeg: JpegInfo = {
    width: 640,
    height: 480,
    subsampling: '4:2:2',
    hasHuffmanTables: false,
    scanOffset: 158,
    byteLength: 4000,
  };
  const ref = writer.claim()?.commit(4000, 1, 1001, jpeg) as FrameRef;
  t.deepEqual(reader.frame(structuredClone(ref))?.jpeg, jpeg);
  t.is(reader.frame(fill(writer, 2) as FrameRef)?.jpeg, undefined);
});

test('a leased slot is passed over, and used again once released', (t) => {
  const { writer, reader } = pair(2);
  const lease = reader.frame(fill(writer, 1) as FrameRef)?.lease();
  for (let value = 2; value < 10; value++) fill(writer, value);
  t.is(lease?.bytes[0], 1);
  lease?.release();
  const slots = new Set([fill(writer, 10)?.slot, fill(writer, 11)?.slot]);
  t.is(slots.size, 2);
});

test('the two newest frames are left alone, and slots that are not needed are not touched', (t) => {
  const { writer, reader } = pair(6);
  const frames = Array.from({ length: 20 }, (_, i) => reader.frame(fill(writer, i) as FrameRef));
  t.deepEqual(
    frames.slice(-3).map((frame) => frame?.lease()?.bytes[0]),
    [17, 18, 19],
  );
  const { writer: busy, reader: slow } = pair(6);
  const slots = new Set<number | undefined>();
  for (let i = 0; i < 20; i++) {
    const ref = fill(busy, i) as FrameRef;
    slots.add(ref.slot);
    if (i === 10) slow.frame(ref)?.lease();
  }
  t.is(slots.size, 4);
});

test('when every slot is leased the new frame is refused, at once', (t) => {
  const { writer, reader } = pair(2);
  const leases = [1, 2].map((value) => reader.frame(fill(writer, value) as FrameRef)?.lease());
  t.is(writer.claim(), undefined);
  leases[0]?.release();
  t.truthy(writer.claim());
});

test('a reference that was overwritten gives no lease', (t) => {
  const { writer, reader } = pair(2);
  const frame = reader.frame(fill(writer, 1) as FrameRef);
  fill(writer, 2);
  fill(writer, 3);
  t.is(frame?.lease(), undefined);
});

test('a slot that is being written cannot be leased', (t) => {
  const { writer, reader } = pair(2);
  const frame = reader.frame(fill(writer, 1) as FrameRef);
  fill(writer, 2);
  writer.claim();
  t.is(frame?.lease(), undefined);
});

test('an abandoned slot has no frame, and can be claimed again', (t) => {
  const { writer, reader } = pair(2);
  const first = reader.frame(fill(writer, 1) as FrameRef);
  fill(writer, 2);
  writer.claim()?.abandon();
  t.is(first?.lease(), undefined);
  t.truthy(fill(writer, 3));
  t.truthy(writer.claim());
  t.truthy(writer.claim(), 'both slots at once');
});

test('releasing twice gives up one lease', (t) => {
  const { writer, reader } = pair(2);
  const frame = reader.frame(fill(writer, 1) as FrameRef);
  const [one, two] = [frame?.lease(), frame?.lease()];
  one?.release();
  one?.release();
  fill(writer, 2);
  for (let value = 3; value < 8; value++) fill(writer, value);
  t.is(two?.bytes[0], 1);
});

test('memory that is no ring is refused', (t) => {
  t.throws(() => new RingWriter(new SharedArrayBuffer(8192)), { code: 'FRAME_RING_INVALID' });
  t.throws(() => new RingReader(new SharedArrayBuffer(3), format), { code: 'FRAME_RING_INVALID' });
  t.throws(() => allocateRing(1, 4096), { code: 'FRAME_RING_INVALID', message: /2 slots/ });
  t.throws(() => allocateRing(4, 0), { code: 'FRAME_RING_INVALID', message: /1 byte/ });
});

test('no reader ever sees a torn frame while a thread writes as fast as it can', async (t) => {
  const buffer = allocateRing(4, 65_536);
  const writer = new Worker(new URL('./ring-writer.fixture.js', import.meta.url), {
    workerData: { buffer, frames: 20_000 },
  });
  const reader = new RingReader(buffer, format);
  const seen = { whole: 0, torn: 0, overwritten: 0 };
  writer.on('message', (ref: FrameRef) => {
    const lease = reader.frame(ref)?.lease();
    if (!lease) {
      seen.overwritten += 1;
      return;
    }
    const first = lease.bytes[0];
    if (lease.bytes.every((byte) => byte === first)) seen.whole += 1;
    else seen.torn += 1;
    lease.release();
  });
  await once(writer, 'exit');
  t.is(seen.torn, 0);
  t.true(seen.whole > 0, JSON.stringify(seen));
});

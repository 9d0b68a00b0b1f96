#!/usr/bin/env node
// What a frame costs in the encoder alone: CPU milliseconds of the whole process per frame, for the usual ways through it.
// node bench/encoder.mjs [WIDTH HEIGHT [FRAMES]]     (after npm run build; synthetic frames, written into a real ring)
import { Encoder } from '../packages/encoder/dist/index.js';
import { allocateRing, frameBytes, minimumStride, RingReader, RingWriter } from '../packages/frame/dist/index.js';

const [width = 1280, height = 720, frames = 120] = process.argv.slice(2).map(Number);
const encoder = new Encoder({ threads: 1 });
await encoder.start();

/** A ring with one camera in front, and a function that sends a frame through a rendition and waits for the result. */
function lane(fourcc, rendition, images) {
  const format = { fourcc, width, height, stride: minimumStride(fourcc, width), range: 'limited' };
  const ring = allocateRing(4, Math.max(frameBytes(format), ...images.map(({ length }) => length)));
  const [writer, reader] = [new RingWriter(ring), new RingReader(ring, format)];
  let listener;
  let settle;
  const source = {
    subscribe(to) {
      listener = to;
      return { close() {} };
    },
  };
  const observer = { dropped: (reason) => settle({ dropped: reason }), encoded() {} };
  const stop = encoder.rendition(source, rendition, { observer }).start((frame) => settle(frame));
  let sequence = 0;
  const send = () =>
    new Promise((done) => {
      settle = done;
      const bytes = images[sequence % images.length];
      const claim = writer.claim();
      claim.bytes.set(bytes);
      listener(reader.frame(claim.commit(bytes.length, sequence++, 0)));
    });
  return { send, stop };
}

/** Bars with sharp edges and a little noise: harder to encode than most rooms. */
function image(fourcc, phase) {
  const bytes = new Uint8Array(
    frameBytes({ fourcc, width, height, stride: minimumStride(fourcc, width), range: 'full' }),
  );
  let noise = 1 + phase;
  for (let i = 0; i < bytes.length; i++) {
    noise = (noise * 1103515245 + 12345) & 0x7fffffff;
    bytes[i] = 60 + ((((i >> 9) + phase * 5) * 37) & 127) + ((noise >> 16) & 1);
  }
  return bytes;
}

async function measure(name, fourcc, rendition, images) {
  const { send, stop } = lane(fourcc, rendition, images);
  let last;
  for (let i = 0; i < 40; i++) last = await send();
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  for (let i = 0; i < frames; i++) last = await send();
  const { user, system } = process.cpuUsage(cpu);
  stop.close();
  const each = [(user + system) / 1000, performance.now() - start].map((ms) => (ms / frames).toFixed(2));
  const result = last.dropped ?? `${last.width}x${last.height}, ${last.data.length} bytes`;
  console.log(`${name.padEnd(34)} CPU ${each[0].padStart(6)} ms   wall ${each[1].padStart(6)} ms   ${result}`);
  return last;
}

console.log(`${width}x${height}, ${frames} frames each, ${encoder.codec.description}, Node ${process.version}`);
const jpegs = [];
for (const fourcc of ['YUYV', 'NV12', 'BGR3', 'GREY']) {
  const images = Array.from({ length: 4 }, (_, phase) => image(fourcc, phase));
  const { data } = await measure(`${fourcc} to JPEG`, fourcc, {}, images);
  if (fourcc !== 'YUYV') continue;
  jpegs.push(data);
  await measure('YUYV, a quarter turn', fourcc, { rotate: 90 }, images);
  await measure(`YUYV, ${width / 2} wide`, fourcc, { width: width / 2 }, images);
}
await measure('MJPG passed through', 'MJPG', {}, jpegs);
await measure('MJPG, a quarter turn, lossless', 'MJPG', { rotate: 90 }, jpegs);
await measure(`MJPG, ${width / 2} wide`, 'MJPG', { width: width / 2 }, jpegs);
await measure('MJPG, quality 60', 'MJPG', { quality: 60 }, jpegs);
await encoder.close();

import { execFileSync, spawnSync } from 'node:child_process';
import { MAX_SCANS, minimumStride } from '@framehub/frame';
import test from 'ava';
import { benches, decoded, formatOf, frameOf, JPEG_FORMAT, psnr, rendered, scene, shared } from './images.fixture.js';
import { completeJpeg, RejectedFrame } from './jpeg.js';
import type { EncodeJob } from './messages.js';
import { render } from './render.js';
import { scanBomb } from './scan-bomb.fixture.js';

const available = await benches((line) => console.log(line));
const source = scene(64, 48);
const intact = encodedScene(80);

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
if (!hasFfmpeg) console.log('SKIPPED: ffmpeg is not installed, so its JPEGs are not tried');
const ffmpegTest = hasFfmpeg ? test : test.skip;

const jobOf = (bytes: Uint8Array, change: Partial<EncodeJob> = {}): EncodeJob => ({
  bytes: shared(bytes),
  format: JPEG_FORMAT(source),
  rendition: { rotate: 90 },
  quality: 90,
  subsampling: 'auto',
  ...change,
});

for (const { name, codec, kernels } of available) {
  const faultOf = (job: EncodeJob): string => {
    try {
      render(job, { codec, kernels });
      return 'none';
    } catch (error) {
      if (error instanceof RejectedFrame) return error.fault;
      throw error;
    }
  };

  test(`${name}: a JPEG cut anywhere is not sent`, (t) => {
    for (let length = 1; length < intact.length; length += 37) {
      const fault = faultOf(jobOf(intact.subarray(0, length)));
      t.true(['truncated', 'no-scan', 'not-jpeg', 'bad-segment'].includes(fault), `${length} bytes: ${fault}`);
    }
  });

  test(`${name}: a JPEG whose scan lacks its second half is corrupt, whatever is asked of it`, (t) => {
    const half = Math.floor((scanStart(intact) + intact.length) / 2);
    const cut = new Uint8Array([...intact.subarray(0, half), 0xff, 0xd9]);
    for (const rendition of [{ rotate: 90 }, { width: 32 }, { quality: 50 }] as const)
      t.is(faultOf(jobOf(cut, { rendition })), 'corrupt', JSON.stringify(rendition));
  });

  test(`${name}: empty and foreign data`, (t) => {
    t.is(faultOf(jobOf(new Uint8Array(0))), 'empty');
    t.is(faultOf(jobOf(new Uint8Array(5000).fill(0x55))), 'not-jpeg');
    t.is(faultOf(jobOf(new TextEncoder().encode('<html><body>404 Not Found</body></html>'))), 'not-jpeg');
  });

  test(`${name}: a header that claims more pixels than its bytes can hold is not decoded`, (t) => {
    t.is(faultOf(jobOf(claiming(65_000, 65_000))), 'oversized');
    t.is(faultOf(jobOf(claiming(8_000, 8_000))), 'oversized');
  });

  test(`${name}: an image that takes more memory than a frame may is not decoded, and the next one is`, (t) => {
    // Few bytes, whose coefficients would take 130 MB.
    const large = scanBomb(8192, 8192, 0, 1);
    for (const rendition of [{ quality: 50 }, { width: 64 }] as const)
      t.is(faultOf(jobOf(large, { rendition })), 'oversized', JSON.stringify(rendition));
    t.is(faultOf(jobOf(intact)), 'none');
  });

  test(`${name}: a JPEG of a kind that no camera sends is not decoded`, (t) => {
    for (const marker of [0xc3, 0xc5, 0xc9, 0xcb, 0xde])
      t.is(faultOf(jobOf(withStartOfFrame(marker))), 'unsupported-format', marker.toString(16));
    t.is(faultOf(jobOf(scanBomb(64, 48, MAX_SCANS, 1))), 'too-many-scans');
  });

  test(`${name}: flipped bits never bring the codec down`, (t) => {
    const start = scanStart(intact);
    for (let at = start; at < intact.length - 2; at += 11) {
      const damaged = new Uint8Array(intact);
      damaged[at] = (damaged[at] ?? 0) ^ 0x5a;
      // Some damage decodes to another image; some is found. Neither may throw anything but a fault.
      const fault = faultOf(jobOf(damaged, { rendition: { width: 32 } }));
      t.true(
        ['none', 'corrupt', 'truncated', 'bad-segment', 'unsupported-format', 'oversized'].includes(fault),
        `${at}: ${fault}`,
      );
    }
    t.is(faultOf(jobOf(intact)), 'none');
  });

  test(`${name}: raw frames that are cut, empty, or of a format nobody knows`, (t) => {
    for (const fourcc of ['YUYV', 'UYVY', 'NV12', 'YU12', 'BGR3', 'RGB3', 'GREY']) {
      const format = formatOf(fourcc, source, 'limited', 4);
      const bytes = frameOf(source, format);
      t.is(faultOf(jobOf(bytes, { format })), 'none', fourcc);
      t.is(faultOf(jobOf(bytes.subarray(0, -1), { format })), 'truncated', fourcc);
      t.is(faultOf(jobOf(new Uint8Array(0), { format })), 'empty', fourcc);
      const stride = minimumStride(fourcc, source.width) - 1;
      t.is(faultOf(jobOf(bytes, { format: { ...format, stride } })), 'unsupported-format', fourcc);
    }
    const format = { ...formatOf('GREY', source, 'full'), fourcc: 'H264' };
    t.is(faultOf(jobOf(intact, { format })), 'unsupported-format');
  });

  test(`${name}: a JPEG without Huffman tables is read with the standard ones`, (t) => {
    const bare = withoutTables(standardTables());
    const jpeg = render(jobOf(bare, { rendition: { flip: 'horizontal' } }), { codec, kernels });
    const whole = render(jobOf(standardTables(), { rendition: { flip: 'horizontal' } }), { codec, kernels });
    t.deepEqual(jpeg, whole);
  });

  ffmpegTest(`${name}: one camera's own Huffman tables never read another's table-less frames`, (t) => {
    const own = ffmpegJpeg(['-huffman', 'optimal']);
    const bare = withoutTables(standardTables());
    const before = render(jobOf(bare), { codec, kernels });
    render(jobOf(own), { codec, kernels });
    t.deepEqual(render(jobOf(bare), { codec, kernels }), before);
  });

  ffmpegTest(`${name}: 4:2:2 in the unusual sampling factors that ffmpeg writes`, (t) => {
    const jpeg = ffmpegJpeg(['-pix_fmt', 'yuvj422p']);
    for (const rendition of [{ rotate: 90 }, { width: 32 }, { quality: 90, rotate: 180 }] as const) {
      const { data, height } = render(jobOf(jpeg, { rendition }), { codec, kernels });
      const ratio = psnr(decoded(data), rendered(source, rendition, height));
      t.true(ratio > 33, `${JSON.stringify(rendition)}: ${ratio} dB`);
    }
  });

  test(`${name}: a few stray bytes between scan and end, as some cameras leave them, are no damage`, (t) => {
    const stray = new Uint8Array([...intact.subarray(0, -2), 0x11, 0x22, 0x33, 0xff, 0xd9]);
    for (const rendition of [{ rotate: 90 }, { width: 32 }] as const)
      t.deepEqual(
        render(jobOf(stray, { rendition }), { codec, kernels }),
        render(jobOf(intact, { rendition }), { codec, kernels }),
      );
  });

  test(`${name}: bytes behind the end are not part of the file`, (t) => {
    const padded = new Uint8Array(intact.length + 4096);
    padded.set(intact);
    t.deepEqual(render(jobOf(padded), { codec, kernels }), render(jobOf(intact), { codec, kernels }));
  });
}

test('tables are put in front of the scan, where decoders look for them', (t) => {
  const original = standardTables();
  const bare = withoutTables(original);
  const info = { width: 64, height: 48, subsampling: '4:4:4' } as const;
  const whole = completeJpeg(bare, {
    ...info,
    hasHuffmanTables: false,
    scanOffset: scanStart(bare),
    byteLength: bare.length,
  });
  t.deepEqual(decoded(whole).at(10, 10), decoded(original).at(10, 10));
  t.deepEqual(psnr(decoded(whole), decoded(original)), psnr(decoded(original), decoded(original)));
});

function encodedScene(quality: number): Uint8Array {
  const bench = available[0];
  if (!bench) throw new Error('there is always the portable codec');
  const format = formatOf('RGB3', source, 'full');
  return render({ bytes: frameOf(source, format), format, rendition: {}, quality, subsampling: 'auto' }, bench).data;
}

/** jpeg-js writes the standard tables. */
function standardTables(): Uint8Array {
  return encodedScene(80);
}

function ffmpegJpeg(options: readonly string[]): Uint8Array {
  const { width, height } = source;
  const from = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', '-'];
  const to = ['-c:v', 'mjpeg', '-q:v', '2', ...options, '-f', 'image2pipe', '-'];
  const input = Buffer.from(frameOf(source, formatOf('RGB3', source, 'full')));
  return execFileSync('ffmpeg', ['-v', 'error', ...from, ...to], { input });
}

/** The segments of a JPEG up to its scan, each from its marker to its end. */
function* segments(jpeg: Uint8Array): Generator<{ marker: number; at: number; end: number }> {
  let at = 2;
  for (;;) {
    const marker = jpeg[at + 1] ?? 0;
    const end = at + 2 + (((jpeg[at + 2] ?? 0) << 8) | (jpeg[at + 3] ?? 0));
    yield { marker, at, end };
    if (marker === 0xda) return;
    at = end;
  }
}

function scanStart(jpeg: Uint8Array): number {
  return [...segments(jpeg)].at(-1)?.at ?? 0;
}

function withoutTables(jpeg: Uint8Array): Uint8Array {
  const kept = [...segments(jpeg)].filter(({ marker }) => marker !== 0xc4 && marker !== 0xda);
  const parts = kept.map(({ at, end }) => jpeg.subarray(at, end));
  return Buffer.concat([jpeg.subarray(0, 2), ...parts, jpeg.subarray(scanStart(jpeg))]);
}

/** A small file that says of itself that it is of another kind. */
function withStartOfFrame(marker: number): Uint8Array {
  const jpeg = new Uint8Array(intact);
  const frame = [...segments(jpeg)].find((segment) => segment.marker === 0xc0);
  jpeg[(frame?.at ?? 0) + 1] = marker;
  return jpeg;
}

/** A small file whose header is changed to a size. */
function claiming(width: number, height: number): Uint8Array {
  const jpeg = new Uint8Array(intact);
  const frame = [...segments(jpeg)].find(({ marker }) => marker === 0xc0);
  new DataView(jpeg.buffer).setUint16((frame?.at ?? 0) + 5, height);
  new DataView(jpeg.buffer).setUint16((frame?.at ?? 0) + 7, width);
  return jpeg;
}

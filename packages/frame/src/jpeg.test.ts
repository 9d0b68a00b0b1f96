import test from 'ava';
import { inspectJpeg, isBroken, type JpegInfo, MAX_SCANS } from './index.js';

const segment = (marker: number, ...payload: number[]): number[] => [
  0xff,
  marker,
  (payload.length + 2) >> 8,
  (payload.length + 2) & 255,
  ...payload,
];
const start = [0xff, 0xd8];
const end = [0xff, 0xd9];
const frame = (factors: number[], { width = 64, height = 48, marker = 0xc0, bits = 8 } = {}): number[] =>
  segment(
    marker,
    bits,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    factors.length,
    ...factors.flatMap((factor, i) => [i + 1, factor, 0]),
  );
const tables = segment(0xc4, 0, ...new Array<number>(17).fill(1));
const scanOf = (components: number): number[] => {
  const selectors = Array.from({ length: components }, (_, i) => [i + 1, 0]).flat();
  return [...segment(0xda, components, ...selectors, 0, 63, 0), 1, 2, 3, 0xff, 0, 0xff, 0xd0, 4];
};
const scan = scanOf(1);
const jpeg = (...parts: number[][]): Uint8Array => Uint8Array.from(parts.flat());
const whole = jpeg(start, segment(0xe0, 1, 2), frame([0x21, 0x11, 0x11]), tables, scan, end);

test('a whole file gives its size, sampling and tables', (t) => {
  t.like(inspectJpeg(whole), {
    width: 64,
    height: 48,
    subsampling: '4:2:2',
    hasHuffmanTables: true,
    byteLength: whole.length,
  });
});

test('the scan starts where tables may be inserted', (t) => {
  const { scanOffset } = inspectJpeg(whole) as JpegInfo;
  t.deepEqual([...whole.subarray(scanOffset, scanOffset + 2)], [0xff, 0xda]);
});

for (const [factors, name] of [
  [[0x11, 0x11, 0x11], '4:4:4'],
  [[0x22, 0x11, 0x11], '4:2:0'],
  [[0x12, 0x11, 0x11], '4:4:0'],
  [[0x41, 0x11, 0x11], '4:1:1'],
  [[0x22, 0x21, 0x21], '4:4:0'],
  [[0x11], 'grey'],
  [[0x21, 0x11, 0x21], 'other'],
] as const)
  test(`sampling factors ${factors.map((f) => f.toString(16)).join(' ')} are ${name}`, (t) => {
    t.like(inspectJpeg(jpeg(start, frame([...factors]), tables, scan, end)), { subsampling: name });
  });

test('a webcam frame without Huffman tables is whole, and says so', (t) => {
  t.like(inspectJpeg(jpeg(start, frame([0x21, 0x11, 0x11]), scan, end)), { hasHuffmanTables: false });
});

for (const [coding, marker] of [
  ['baseline', 0xc0],
  ['extended sequential', 0xc1],
  ['progressive', 0xc2],
] as const)
  test(`a ${coding} file is whole`, (t) => {
    t.false(isBroken(inspectJpeg(jpeg(start, frame([0x11], { width: 8, height: 8, marker }), tables, scan, end))));
  });

for (const marker of [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, 0xde])
  test(`a lossless, hierarchical or arithmetic file (marker ${marker.toString(16)}) is not what a camera sends`, (t) => {
    const bytes = jpeg(start, frame([0x11], { width: 8, height: 8, marker }), tables, scan, end);
    t.deepEqual(inspectJpeg(bytes), { fault: 'unsupported-format' });
  });

for (const bits of [0, 2, 12, 16])
  test(`nor is a file of ${bits} bits a sample`, (t) => {
    const bytes = jpeg(start, frame([0x11], { width: 8, height: 8, marker: 0xc1, bits }), tables, scan, end);
    t.deepEqual(inspectJpeg(bytes), { fault: 'unsupported-format' });
  });

test('a second start of frame is a broken file, whatever the first says', (t) => {
  const bytes = jpeg(
    start,
    frame([0x11]),
    frame([0x11], { width: 8000, height: 8000, marker: 0xc3 }),
    tables,
    scan,
    end,
  );
  t.deepEqual(inspectJpeg(bytes), { fault: 'bad-segment' });
});

test('a header may claim 64 megapixels, and 512 pixels for each byte of the file', (t) => {
  const claiming = (width: number, height: number, length: number) =>
    inspectJpeg(jpeg(start, frame([0x11], { width, height }), tables, scan, new Array<number>(length).fill(0), end));
  t.false(isBroken(claiming(8192, 8192, 131_072)));
  t.deepEqual(claiming(8192, 8193, 131_072), { fault: 'oversized' });
  t.deepEqual(claiming(65_535, 65_535, 131_072), { fault: 'oversized' });
  t.deepEqual(claiming(8192, 8192, 130_900), { fault: 'oversized' });
  t.deepEqual(claiming(640, 480, 0), { fault: 'oversized' });
});

for (const [coding, marker, components] of [
  ['progressive', 0xc2, 3],
  ['progressive grey', 0xc2, 1],
  ['baseline with a scan for each component', 0xc0, 3],
] as const)
  test(`a ${coding} file may have ${MAX_SCANS} scans`, (t) => {
    const withScans = (count: number) => {
      const scans = new Array<number[]>(count).fill(scanOf(1)).flat();
      return inspectJpeg(jpeg(start, frame(new Array(components).fill(0x11), { marker }), tables, scans, end));
    };
    t.false(isBroken(withScans(MAX_SCANS)));
    t.deepEqual(withScans(MAX_SCANS + 1), { fault: 'too-many-scans' });
  });

test('padding behind the end is not part of the file', (t) => {
  const padded = jpeg([...whole], new Array<number>(5000).fill(0));
  t.like(inspectJpeg(padded), { byteLength: whole.length });
});

test('fill bytes before a marker are allowed', (t) => {
  for (const fill of [[0xff], [0xff, 0xff], [0xff, 0xff, 0xff]])
    t.false(isBroken(inspectJpeg(jpeg(start, fill, frame([0x11]), tables, scan, end))), `${fill.length}`);
});

test('a segment may be longer than 255 bytes', (t) => {
  const comment = segment(0xfe, ...new Array<number>(700).fill(7));
  t.false(isBroken(inspectJpeg(jpeg(start, comment, frame([0x11]), tables, scan, end))));
});

test('a file cut anywhere is broken', (t) => {
  for (let length = 0; length < whole.length; length++)
    t.true(isBroken(inspectJpeg(whole.subarray(0, length))), `cut to ${length} bytes`);
});

test('each fault has its name', (t) => {
  t.deepEqual(inspectJpeg(new Uint8Array()), { fault: 'empty' });
  t.deepEqual(inspectJpeg(Uint8Array.from({ length: 999 }, (_, i) => i & 255)), { fault: 'not-jpeg' });
  t.deepEqual(inspectJpeg(whole.subarray(0, whole.length - 2)), { fault: 'truncated' });
  t.deepEqual(inspectJpeg(jpeg(start, tables)), { fault: 'truncated' });
  t.deepEqual(inspectJpeg(jpeg(start, tables, scan, end)), { fault: 'no-scan' });
  t.deepEqual(inspectJpeg(jpeg(start, [1, 2, 3, 4, 5])), { fault: 'bad-segment' });
  t.deepEqual(inspectJpeg(jpeg(start, frame([0x11], { width: 0, height: 0 }), tables, scan, end)), {
    fault: 'bad-segment',
  });
  t.deepEqual(inspectJpeg(jpeg(start, segment(0xc0, 8, 0, 8, 0, 8, 3), scan, end)), { fault: 'bad-segment' });
});

test('hostile bytes never throw', (t) => {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed >> 8;
  };
  for (let round = 0; round < 5000; round++) {
    const bytes = whole.slice();
    for (let hits = 0; hits < 4; hits++) bytes[random() % bytes.length] = random() & 255;
    t.notThrows(() => inspectJpeg(bytes));
  }
});

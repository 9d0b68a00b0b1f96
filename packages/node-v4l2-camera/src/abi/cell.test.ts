import { endianness } from 'node:os';
import test from 'ava';
import { allocate } from './cell.js';
import { type Abi, list, long, pointer, s32, s64, struct, text, u8, u16, u32, ulong, union } from './layout.js';

const WIDE: Abi = { pointerSize: 8, int64Alignment: 8 };
const NARROW: Abi = { pointerSize: 4, int64Alignment: 4 };

const example = struct({
  tag: u8,
  count: u16,
  name: text(4),
  value: union({ number: s32, wide: s64, address: pointer }),
  points: list(struct({ x: u32, y: s32 }), 2),
  bytes: list(u8, 2),
  seconds: long,
  handle: ulong,
});

const little = endianness() === 'LE' ? test : test.skip;

little('fields are read and written at their offsets in C', (t) => {
  const { fields, memory } = allocate(example, WIDE);
  t.is(memory.length, 56);
  fields.tag = 1;
  fields.count = 0x0203;
  fields.value.wide = -2n;
  Object.assign(fields.points[1] ?? {}, { y: -1 });
  fields.bytes[1] = 9;
  t.deepEqual([...memory.subarray(0, 4)], [1, 0, 3, 2]);
  t.deepEqual([...memory.subarray(8, 16)], [0xfe, 255, 255, 255, 255, 255, 255, 255]);
  t.is(fields.value.number, -2);
  t.deepEqual([...memory.subarray(28, 34)], [255, 255, 255, 255, 0, 9]);
});

for (const [title, abi] of [
  ['64', WIDE],
  ['32', NARROW],
] as const) {
  test(`numbers are read as they were written, with pointers of ${title} bits`, (t) => {
    const { fields, memory, clear } = allocate(example, abi);
    fields.seconds = -5;
    fields.handle = 0xffff_fffen;
    fields.value.address = 0xdead_beefn;
    t.is(fields.seconds, -5);
    t.is(fields.handle, 0xffff_fffen);
    t.is(fields.value.address, 0xdead_beefn);
    clear();
    t.true(memory.every((byte) => byte === 0));
    t.is(fields.handle, 0n);
  });
}

test('text ends at a NUL, or at the end of its memory', (t) => {
  const { fields, memory } = allocate(example, WIDE);
  t.is(fields.name, '');
  memory.set(Buffer.from('ab\0x'), 4);
  t.is(fields.name, 'ab');
  memory.set(Buffer.from('abcd'), 4);
  t.is(fields.name, 'abcd');
});

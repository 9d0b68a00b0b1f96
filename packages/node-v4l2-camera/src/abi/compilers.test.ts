import { spawnSync } from 'node:child_process';
import test from 'ava';
import { type Abi, codeOf, extentOf, placeFields, type Request, type Struct, type Type, type Union } from './layout.js';
import * as videodev2 from './videodev2.js';

const EXPORTS: [name: string, value: unknown][] = Object.entries(videodev2);
const STRUCTS = EXPORTS.filter((entry): entry is [string, Struct | Union] => /^(v4l2_|pollfd)/.test(entry[0]));
const REQUESTS = EXPORTS.map(([, value]) => value).filter(
  (value): value is Request => typeof value === 'object' && value !== null && 'direction' in value,
);

const COMPILERS: readonly (readonly [machine: string, compiler: string, abi: Abi])[] = [
  ['x86-64', 'x86_64-linux-gnu-gcc', { pointerSize: 8, int64Alignment: 8 }],
  ['arm64', 'aarch64-linux-gnu-gcc', { pointerSize: 8, int64Alignment: 8 }],
  ['armhf', 'arm-linux-gnueabihf-gcc', { pointerSize: 4, int64Alignment: 8 }],
];

const INCLUDES = ['#include <stddef.h>', '#include <poll.h>', '#include <linux/videodev2.h>'];

/** The compiler's messages about a program; empty when it compiles. Nothing is linked or run. */
function compileErrors(compiler: string, lines: readonly string[]): string {
  // On 32-bit machines this package uses the v4l2_buffer with a 32-bit time_t.
  const flags = ['-U_TIME_BITS', '-U_FILE_OFFSET_BITS', '-std=gnu11', '-fsyntax-only', '-x', 'c', '-'];
  const { error, stderr } = spawnSync(compiler, flags, {
    input: [...INCLUDES, ...lines, ''].join('\n'),
    encoding: 'utf8',
  });
  return error ? String(error) : stderr;
}

const staticAssert = (condition: string): string => `_Static_assert(${condition}, "${condition}");`;

/** Asserts the size of a struct, and the offset and size of each of its members, at any depth. */
function assertLayout(name: string, type: Struct | Union, abi: Abi): string[] {
  const assertions = [staticAssert(`sizeof(struct ${name}) == ${extentOf(type, abi).size}`)];
  const visitFields = (of: Struct | Union, prefix: string, base: number): void => {
    const { offsets } = placeFields(of, abi);
    for (const [key, field] of Object.entries(of.fields)) {
      const offset = base + (offsets.get(key) as number);
      // C has no name for the union itself, only for its members.
      if (key === 'anonymous') visitFields(field as Union, prefix, offset);
      else visit(field, prefix + key, offset);
    }
  };
  const visit = (of: Type, path: string, offset: number): void => {
    assertions.push(
      staticAssert(`offsetof(struct ${name}, ${path}) == ${offset}`),
      staticAssert(`sizeof(((struct ${name} *)0)->${path}) == ${extentOf(of, abi).size}`),
    );
    if (of.kind === 'struct' || of.kind === 'union') visitFields(of, `${path}.`, offset);
    if (of.kind === 'list' && of.length > 1) visit(of.of, `${path}[1]`, offset + extentOf(of.of, abi).size);
  };
  visitFields(type, '', 0);
  return assertions;
}

for (const [machine, compiler, abi] of COMPILERS) {
  const found = compileErrors(compiler, []) === '';
  const compare = found ? test : test.skip;
  const where = found ? `${machine}` : `${machine} (no ${compiler} with the kernel's headers here)`;

  compare(`structs have the compiler's layout: ${where}`, (t) => {
    const assertions = STRUCTS.flatMap(([name, type]) => assertLayout(name, type, abi));
    t.is(compileErrors(compiler, assertions), '');
    t.log(`${STRUCTS.length} structs, ${assertions.length} assertions`);
  });

  compare(`ioctl numbers equal those of the kernel's header: ${where}`, (t) => {
    const assertions = REQUESTS.map((request) =>
      staticAssert(`${request.name} == 0x${codeOf(request, abi).toString(16)}u`),
    );
    t.is(compileErrors(compiler, assertions), '');
    t.log(`${assertions.length} requests`);
  });

  compare(`a wrong layout is detected: ${where}`, (t) => {
    const wrong: Abi = { pointerSize: abi.pointerSize === 4 ? 8 : 4, int64Alignment: 8 };
    t.regex(
      compileErrors(compiler, assertLayout('v4l2_buffer', videodev2.v4l2_buffer, wrong)),
      /static assertion failed/,
    );
  });
}

test('every struct and every ioctl request of this package is compared', (t) => {
  t.deepEqual(STRUCTS.map(([name]) => name).sort(), [
    'pollfd',
    'v4l2_buffer',
    'v4l2_capability',
    'v4l2_control',
    'v4l2_event',
    'v4l2_event_ctrl',
    'v4l2_event_subscription',
    'v4l2_ext_control',
    'v4l2_ext_controls',
    'v4l2_fmtdesc',
    'v4l2_format',
    'v4l2_fract',
    'v4l2_frmivalenum',
    'v4l2_frmsizeenum',
    'v4l2_pix_format',
    'v4l2_pix_format_mplane',
    'v4l2_plane',
    'v4l2_plane_pix_format',
    'v4l2_query_ext_ctrl',
    'v4l2_queryctrl',
    'v4l2_querymenu',
    'v4l2_requestbuffers',
    'v4l2_streamparm',
    'v4l2_window',
  ]);
  t.is(REQUESTS.length, 23);
});

import test from 'ava';
import koffi, { type TypeObject } from 'koffi';
import { type Abi, extentOf, type ScalarName, type Struct, type Type, type Union } from './layout.js';
import {
  v4l2_buffer,
  v4l2_ext_control,
  v4l2_ext_controls,
  v4l2_format,
  v4l2_query_ext_ctrl,
  v4l2_querymenu,
} from './videodev2.js';

const NAMES: Readonly<Record<ScalarName, string>> = {
  u8: 'uint8_t',
  u16: 'uint16_t',
  u32: 'uint32_t',
  s32: 'int32_t',
  s64: 'int64_t',
  u64: 'uint64_t',
  long: 'long',
  ulong: 'unsigned long',
  pointer: 'void *',
};

function asKoffi(type: Type): string | TypeObject {
  if (type.kind === 'scalar') return NAMES[type.name];
  if (type.kind === 'text') return koffi.array('char', type.length);
  if (type.kind === 'list') return koffi.array(asKoffi(type.of), type.length);
  const fields = Object.fromEntries(Object.entries(type.fields).map(([key, field]) => [key, asKoffi(field)]));
  if (type.kind === 'union') return koffi.union(fields);
  return type.packed ? koffi.pack(fields) : koffi.struct(fields);
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('struct sizes equal those that koffi computes for this machine', (t) => {
  const abi = {
    pointerSize: koffi.sizeof('void *') as Abi['pointerSize'],
    int64Alignment: koffi.alignof('int64_t') as Abi['int64Alignment'],
  };
  const types: Record<string, Struct | Union> = {
    v4l2_buffer,
    v4l2_ext_control,
    v4l2_ext_controls,
    v4l2_query_ext_ctrl,
    v4l2_querymenu,
    v4l2_format,
  };
  for (const [name, type] of Object.entries(types)) t.is(extentOf(type, abi).size, koffi.sizeof(asKoffi(type)), name);
});

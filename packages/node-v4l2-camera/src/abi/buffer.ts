import { list, long, pointer, s32, struct, text, u8, u32, ulong, union } from './layout.js';
import { iow, iowr } from './request.js';

export const v4l2_requestbuffers = struct({
  count: u32,
  type: u32,
  memory: u32,
  capabilities: u32,
  flags: u8,
  reserved: list(u8, 3),
});

export const v4l2_plane = struct({
  bytesused: u32,
  length: u32,
  m: union({ mem_offset: u32, userptr: ulong, fd: s32 }),
  data_offset: u32,
  reserved: list(u32, 11),
});

/**
 * With the `time_t` of 32 bits on 32-bit machines: every kernel takes this form, whichever `time_t` libc has, and
 * buffers are stamped with the time since boot.
 */
const timeval = struct({ tv_sec: long, tv_usec: long });

const v4l2_timecode = struct({
  type: u32,
  flags: u32,
  frames: u8,
  seconds: u8,
  minutes: u8,
  hours: u8,
  userbits: text(4),
});

export const v4l2_buffer = struct({
  index: u32,
  type: u32,
  bytesused: u32,
  flags: u32,
  field: u32,
  timestamp: timeval,
  timecode: v4l2_timecode,
  sequence: u32,
  memory: u32,
  m: union({ offset: u32, userptr: ulong, planes: pointer, fd: s32 }),
  length: u32,
  reserved2: u32,
  request_fd: s32,
});

export const int = struct({ value: s32 });

export const REQBUFS = iowr('VIDIOC_REQBUFS', 8, v4l2_requestbuffers);
export const QUERYBUF = iowr('VIDIOC_QUERYBUF', 9, v4l2_buffer);
export const QBUF = iowr('VIDIOC_QBUF', 15, v4l2_buffer);
export const DQBUF = iowr('VIDIOC_DQBUF', 17, v4l2_buffer);
export const STREAMON = iow('VIDIOC_STREAMON', 18, int);
export const STREAMOFF = iow('VIDIOC_STREAMOFF', 19, int);

export const BufferType = { VIDEO_CAPTURE: 1, VIDEO_CAPTURE_MPLANE: 9 } as const;
export const MEMORY_MMAP = 1;
export const BufferFlag = {
  KEYFRAME: 0x8,
  ERROR: 0x40,
  TIMESTAMP_MASK: 0xe000,
  TIMESTAMP_MONOTONIC: 0x2000,
} as const;
